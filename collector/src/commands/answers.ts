/** What became of an event, as `send` and `tail` tell it: one line for the event, one for each vendor's answer. */
import type { EventState } from '../event.js'
import type { EventDetail, ListedEvent } from '../store/reports.js'
import { printable } from './parts.js'

export interface Told {
  id: number
  site: string
  event: string
  eventId: string
  vendor?: string
  state: EventState
  reason?: string
  /** Of the last request. */
  at?: number
  code?: number
  message?: string
  requestId?: string
  ms?: number
}

/** Whether something may still become of it. */
export const isOpen = ({ deliveries }: ListedEvent) => deliveries.some(({ state }) => state === 'pending')

/** One for each vendor; for an event that was skipped on arrival, one. */
export function answersOf({ deliveries, attempts, skipReason, ...event }: EventDetail): Told[] {
  const { id, site, event: name, eventId } = event
  const of = { id, site, event: name, eventId }
  if (skipReason) return [{ ...of, state: 'skipped', reason: skipReason }]
  return deliveries.map(({ vendor, state, reason }) => {
    const last = attempts
      .filter((one) => one.vendor === vendor)
      .sort((a, b) => a.at - b.at)
      .at(-1)
    const { at, code, message, requestId, durationMs: ms } = last ?? {}
    return { ...of, vendor, state, ...defined({ reason, at, code, message, requestId, ms }) }
  })
}

type Defined<Fields> = { [Key in keyof Fields]?: Exclude<Fields[Key], undefined> }
const defined = <Fields extends object>(fields: Fields) =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Defined<Fields>

const clockOf = (at: number) => new Date(at).toTimeString().slice(0, 8)
const named = ({ event, eventId }: Pick<Told, 'event' | 'eventId'>) => `${event} [${eventId}]`

/** `14:02:11 --> Purchase [ev_1] shop.example` */
export const arrivalLine = ({ receivedAt, site, ...event }: ListedEvent) =>
  printable(`${clockOf(receivedAt)} --> ${named(event)} ${site}`)

/** `14:02:11 <-- [0 OK] 214 ms [request_id] Purchase [ev_1]` */
export function answerLine(told: Told, now: number): string {
  const { at = now, state, reason, code, message = '', requestId, ms } = told
  const said = code === undefined ? message : `${code} ${message}`
  const parts = [
    state !== 'delivered' && `${state}${reason === undefined || reason === message ? '' : `: ${reason}`}`,
    said && `[${said.trim()}]`,
    ms !== undefined && `${Math.round(ms)} ms`,
    requestId && `[${requestId}]`,
    named(told),
  ]
  return printable(`${clockOf(at)} <-- ${parts.filter(Boolean).join(' ')}`)
}
