/** Describes what became of an event: a line for its arrival, and one for each vendor's result. */
import type { EventState } from '../event.js'
import type { EventDetail, ListedEvent } from '../store/reports.js'
import { printable } from './output.js'

/** As `--json` prints it; undefined fields are left out. */
export interface DeliveryResult {
  id: number
  site: string
  event: string
  eventId: string
  /** Absent if the event was skipped on arrival. */
  vendor?: string
  state: EventState
  reason?: string | undefined
  /** The last request to the vendor, Unix milliseconds. */
  at?: number | undefined
  /** The vendor's code in the response. */
  code?: number | undefined
  message?: string | undefined
  requestId?: string | undefined
  /** Duration of the request. */
  ms?: number | undefined
}

/** Whether a vendor has not yet taken or refused the event. */
export const isPending = ({ deliveries }: ListedEvent) => deliveries.some(({ state }) => state === 'pending')

/** One result for each vendor, or a single one if the event was skipped on arrival. */
export function deliveryResults(detail: EventDetail): DeliveryResult[] {
  const { id, site, event, eventId, deliveries, attempts, skipReason } = detail
  const identity = { id, site, event, eventId }
  if (skipReason) return [{ ...identity, state: 'skipped', reason: skipReason }]
  return deliveries.map(({ vendor, state, reason }) => {
    const last = attempts
      .filter((attempt) => attempt.vendor === vendor)
      .sort((a, b) => a.at - b.at)
      .at(-1)
    const { at, code, message, requestId, durationMs: ms } = last ?? {}
    return { ...identity, vendor, state, reason, at, code, message, requestId, ms }
  })
}

const timeOfDay = (at: number) => new Date(at).toTimeString().slice(0, 8)

/** `14:02:11 --> Purchase [ev_1] shop.example` */
export const arrivalLine = ({ receivedAt, site, event, eventId, test }: ListedEvent) =>
  printable(`${timeOfDay(receivedAt)} --> ${event} [${eventId}] ${site}${test ? ' (test)' : ''}`)

/** `14:02:11 <-- [0 OK] 214 ms [request_id] Purchase [ev_1]` */
export function resultLine(result: DeliveryResult, now: number): string {
  const { at = now, event, eventId, state, reason, code, message = '', requestId, ms } = result
  const response = code === undefined ? message : `${code} ${message}`
  const words = [
    state !== 'delivered' && `${state}${reason === undefined || reason === message ? '' : `: ${reason}`}`,
    response && `[${response.trim()}]`,
    ms !== undefined && `${Math.round(ms)} ms`,
    requestId && `[${requestId}]`,
    `${event} [${eventId}]`,
  ]
  return printable(`${timeOfDay(at)} <-- ${words.filter(Boolean).join(' ')}`)
}
