/** Makes batches of claimed deliveries: maps them, and divides them by the size and the test code of a request. Pure. */
import type { HashedEvent } from '../event.js'
import type { Delivery, Settlement } from '../store/store.js'
import type { Mapped, RequestSize } from '../vendors/vendor.js'
import { expiryReason } from './policy.js'

/** What is needed of a delivery to send and to settle it: the event itself would take as much memory again. */
export interface Prepared {
  id: number
  /** Unix milliseconds. */
  receivedAt: number
  testEventCode?: string
  /** The event as it stands in the body of a request. */
  json: string
  /** Of `json`, in UTF-8. */
  bytes: number
}

/** The reason of an event whose mapping fails, or that JSON cannot hold. */
export const unsendable = 'cannot be put into a request'

/**
 * Maps claimed deliveries. Expired ones, those without a format at the vendor, and those that cannot be mapped are
 * settled without a request.
 */
export function prepare(
  deliveries: readonly Delivery[],
  map: (event: HashedEvent) => Mapped | undefined,
  now: number,
): { batch: Prepared[]; settlements: Settlement[] } {
  const batch: Prepared[] = []
  const settlements: Settlement[] = []
  for (const delivery of deliveries) {
    const result = prepareOne(delivery, map, now)
    if ('json' in result) batch.push(result)
    else settlements.push(result)
  }
  return { batch, settlements }
}

function prepareOne(
  delivery: Delivery,
  map: (event: HashedEvent) => Mapped | undefined,
  now: number,
): Prepared | Settlement {
  const { id, event } = delivery
  const expired = expiryReason(delivery, now)
  if (expired !== undefined) return { id, state: 'failed', reason: expired }
  try {
    const mapped = map(event)
    if (mapped === undefined) return { id, state: 'skipped', reason: 'unmappable' }
    const json = JSON.stringify(mapped)
    const { receivedAt, testEventCode } = event
    const code = testEventCode !== undefined && { testEventCode }
    return { id, receivedAt, ...code, json, bytes: Buffer.byteLength(json) }
  } catch {
    return { id, state: 'failed', reason: unsendable }
  }
}

/**
 * Divides a batch into requests. An event that is larger than a request is sent alone. Events of different test codes
 * never share a request. Events of one code keep their order.
 * @param frameBytes bytes of a body without its events @param size of the largest request
 */
export function divide(
  batch: readonly Prepared[],
  frameBytes: (testEventCode: string | undefined) => number,
  size: RequestSize,
): Prepared[][] {
  const batches: Prepared[][] = []
  const open = new Map<string | undefined, { batch: Prepared[]; bytes: number }>()
  for (const prepared of batch) {
    const code = prepared.testEventCode
    const last = open.get(code)
    // A byte separates two events.
    const bytes = (last?.bytes ?? 0) + 1 + prepared.bytes
    if (last && last.batch.length < size.events && bytes <= size.bytes) {
      last.batch.push(prepared)
      last.bytes = bytes
    } else {
      const started = { batch: [prepared], bytes: frameBytes(code) + prepared.bytes }
      open.set(code, started)
      batches.push(started.batch)
    }
  }
  return batches
}

/** Settlements that make unsent deliveries due at once, for any worker. @param now Unix milliseconds */
export const release = (batch: readonly Prepared[], now: number): Settlement[] =>
  // The original position in the queue. A time in the future is from before the clock was set back.
  batch.map(({ id, receivedAt }) => ({ id, state: 'pending', dueAt: Math.min(receivedAt, now) }))
