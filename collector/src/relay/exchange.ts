/** Makes one request to a vendor, measures it, and describes it for the attempt log. */
import type { Metrics } from '../metrics.js'
import type { Attempt } from '../store/store.js'
import type { Credentials, Outcome, Vendor } from '../vendors/vendor.js'
import { type Prepared, unsendable } from './batches.js'
import type { Moment } from './state.js'

interface Sender {
  vendor: Pick<Vendor, 'body' | 'send'>
  credentials: Credentials
  /** Unix milliseconds. */
  clock: () => number
  /** Monotonic milliseconds. */
  uptime: () => number
  /** From 0 to 1. */
  random: () => number
  metrics: Pick<Metrics, 'attempted'>
  /** Ends a request in flight. */
  abort: AbortSignal
}

export interface Exchange {
  outcome: Outcome
  /** Of the body. */
  bytes: number
  /** The line of the attempt log. */
  attempt: Attempt
  /** When the answer arrived. */
  moment: Moment
}

/** @param batch events of one test code, at least one */
export async function exchange(sender: Sender, batch: readonly Prepared[]): Promise<Exchange> {
  const { clock, uptime, random, metrics } = sender
  const at = clock()
  const startedAt = uptime()
  const body = bodyOf(sender, batch)
  const outcome = await send(sender, body)
  const moment = { now: clock(), uptime: uptime(), random: random() }
  const attempt = attemptOf(outcome, at, moment.uptime - startedAt)
  metrics.attempted(outcome.kind, outcome.code, attempt.durationMs)
  return { outcome, bytes: body === undefined ? 0 : Buffer.byteLength(body), attempt, moment }
}

/** `undefined` where the vendor cannot make a body with these events. */
function bodyOf({ vendor, credentials }: Sender, batch: readonly Prepared[]): string | undefined {
  const events = batch.map(({ json }) => json)
  try {
    return vendor.body(events, credentials, batch[0]?.testEventCode)
  } catch {
    return undefined
  }
}

function send({ vendor, credentials, abort }: Sender, body: string | undefined): Outcome | Promise<Outcome> {
  // As if the vendor had refused it: the batch is split until the event that is at fault fails alone.
  if (body === undefined) return { kind: 'refused', message: unsendable }
  return vendor.send(credentials, body, abort)
}

function attemptOf({ kind, code, message, requestId }: Outcome, at: number, durationMs: number): Attempt {
  return {
    at,
    durationMs,
    outcome: kind,
    ambiguous: kind === 'ambiguous',
    ...(code !== undefined && { code }),
    ...(message !== undefined && { message }),
    ...(requestId !== undefined && { requestId }),
  }
}
