/** Knows what the stand-in keeps of one received event, and reads it out of the request. */
import { at, type JsonObject, listOf, textOf } from './json.js'
import type { Channel, Repeat } from './ledger.js'
import type { Finding } from './rules.js'
import { isPublicIp } from './warn/place.js'

export type Verdict = 'accepted' | 'warned' | 'rejected'
export type KeyState = 'sent' | 'missing' | 'malformed'

/** One event of one request; also what `GET /inspector/api/events` lists. */
export interface Kept {
  /** Number of the event, as text; larger is newer. */
  id: string
  /** ISO 8601 with milliseconds, the stand-in's clock. */
  receivedAt: string
  /** TikTok's `request_id` of the answer; the same for all events of a batch. */
  requestId: string
  /** Place in `data`, from 0. */
  index: number
  /** Number of events in the request. */
  batch: number
  pixel: string
  /** `server`: the Events API; `browser`: the stand-in for TikTok's pixel. */
  channel: Channel
  event: string | null
  eventId: string | null
  /** Unix seconds as sent. */
  eventTime: number | null
  value: number | null
  currency: string | null
  /** Host of `page.url`. */
  host: string | null
  verdict: Verdict
  /** Repeats an event of the last 48 h: answered 0, not counted. */
  duplicate: boolean
  /** `merged`: browser and server within 5 minutes; `dropped`: any other repeat; null: none. */
  dedup: Repeat['became'] | null
  /** Id of the event it repeats. */
  duplicateOf: string | null
  /** Came with a `test_event_code`: shown, counted apart. */
  test: boolean
  limitedDataUse: boolean | null
  keys: Record<'click' | 'mail' | 'phone' | 'id' | 'ttp' | 'ipUa', KeyState>
  findings: Finding[]
  /** `code` of the answer; null when no JSON was answered (cut, hung, HTML). */
  code: number | null
  /** What the Answers panel did to the request, or null. */
  fault: string | null
  /** Milliseconds from the last byte of the request to the answer. */
  tookMs: number
  /** Marked by a person: outlives Clear and the limit. */
  pinned: boolean
  /** The entry of `data`, as sent; the raw text (cut) when the body could not be read. */
  payload: unknown
}

const hashState = (value: unknown): KeyState => {
  const values = Array.isArray(value) ? value : value === undefined ? [] : [value]
  if (values.length === 0) return 'missing'
  return values.every((entry) => typeof entry === 'string' && /^[0-9a-f]{64}$/.test(entry))
    ? 'sent'
    : 'malformed'
}

const textState = (value: unknown, holds: (text: string) => boolean): KeyState =>
  value === undefined ? 'missing' : typeof value === 'string' && holds(value) ? 'sent' : 'malformed'

const token = (longest: number) => (text: string) => text.length <= longest && /^[A-Za-z0-9._-]+$/.test(text)

const both = (a: KeyState, b: KeyState): KeyState =>
  a === 'malformed' || b === 'malformed' ? 'malformed' : a === 'sent' && b === 'sent' ? 'sent' : 'missing'

const keysOf = (user: unknown): Kept['keys'] => ({
  click: textState(at(user, 'ttclid'), token(1000)),
  mail: hashState(at(user, 'email')),
  phone: hashState(at(user, 'phone')),
  id: hashState(at(user, 'external_id')),
  ttp: textState(at(user, 'ttp'), token(256)),
  ipUa: both(
    textState(at(user, 'ip'), isPublicIp),
    textState(at(user, 'user_agent'), (text) => text !== ''),
  ),
})

const hostOf = (url: unknown): string | null =>
  typeof url === 'string' && URL.canParse(url) ? new URL(url).host : null

const numberOf = (value: unknown): number | null => (typeof value === 'number' ? value : null)

/** What can be read off the event itself, whatever became of it. */
export const readEvent = (root: JsonObject | undefined, event: unknown) => {
  const properties = at(event, 'properties')
  const flag = at(event, 'limited_data_use')
  return {
    batch: listOf(at(root, 'data')).length,
    pixel: textOf(at(root, 'event_source_id')) ?? '',
    event: textOf(at(event, 'event')),
    eventId: textOf(at(event, 'event_id')),
    eventTime: numberOf(at(event, 'event_time')),
    value: numberOf(at(properties, 'value')),
    currency: textOf(at(properties, 'currency')),
    host: hostOf(at(at(event, 'page'), 'url')),
    test: at(root, 'test_event_code') !== undefined,
    limitedDataUse: typeof flag === 'boolean' ? flag : null,
    keys: keysOf(at(event, 'user')),
    payload: event,
  }
}
