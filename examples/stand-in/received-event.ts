/** Describes a received event, and reads it from a request. */
import { arrayOrEmpty, at, type JsonObject, stringOrNull } from './json.js'
import type { Channel, Repeat } from './ledger.js'
import type { Finding } from './rules.js'
import { isPublicIp } from './warn/location.js'

export type Verdict = 'accepted' | 'warned' | 'rejected'
export type KeyState = 'sent' | 'missing' | 'malformed'

/** One event of one request; also what `GET /inspector/api/events` lists. */
export interface ReceivedEvent {
  /** Sequence number as text; newer events have larger numbers. */
  id: string
  /** ISO 8601 with milliseconds, by the stand-in's clock. */
  receivedAt: string
  /** TikTok's `request_id` of the answer; the same for all events of a batch. */
  requestId: string
  /** Index in `data`, from 0. */
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
  /** `merged`: browser and server within 5 minutes; `dropped`: any other repeat; null: not a repeat. */
  dedup: Repeat['outcome'] | null
  /** Id of the event it repeats. */
  duplicateOf: string | null
  /** Sent with a `test_event_code`; counted separately. */
  test: boolean
  limitedDataUse: boolean | null
  keys: Record<'click' | 'mail' | 'phone' | 'id' | 'ttp' | 'ipUa', KeyState>
  findings: Finding[]
  /** `code` of the answer; null when no JSON was answered (cut, hung, HTML). */
  code: number | null
  /** The simulated answer to the request, such as `code 40100`; null for the normal answer. */
  fault: string | null
  /** Milliseconds from the last byte of the request to the answer. */
  tookMs: number
  /** Kept by Clear, and beyond the limit of the store. */
  pinned: boolean
  /** The entry of `data`, as sent; the truncated raw text of a body that could not be parsed. */
  payload: unknown
}

const hashState = (value: unknown): KeyState => {
  const values = Array.isArray(value) ? value : value === undefined ? [] : [value]
  if (values.length === 0) return 'missing'
  return values.every((entry) => typeof entry === 'string' && /^[0-9a-f]{64}$/.test(entry))
    ? 'sent'
    : 'malformed'
}

const textState = (value: unknown, isValid: (text: string) => boolean): KeyState =>
  value === undefined ? 'missing' : typeof value === 'string' && isValid(value) ? 'sent' : 'malformed'

const isToken = (maxLength: number) => (text: string) =>
  text.length <= maxLength && /^[A-Za-z0-9._-]+$/.test(text)

const combine = (a: KeyState, b: KeyState): KeyState =>
  a === 'malformed' || b === 'malformed' ? 'malformed' : a === 'sent' && b === 'sent' ? 'sent' : 'missing'

const readMatchKeys = (user: unknown): ReceivedEvent['keys'] => ({
  click: textState(at(user, 'ttclid'), isToken(1000)),
  mail: hashState(at(user, 'email')),
  phone: hashState(at(user, 'phone')),
  id: hashState(at(user, 'external_id')),
  ttp: textState(at(user, 'ttp'), isToken(256)),
  ipUa: combine(
    textState(at(user, 'ip'), isPublicIp),
    textState(at(user, 'user_agent'), (text) => text !== ''),
  ),
})

const hostOf = (url: unknown): string | null =>
  typeof url === 'string' && URL.canParse(url) ? new URL(url).host : null

const numberOf = (value: unknown): number | null => (typeof value === 'number' ? value : null)

/** The fields that do not depend on the verdict. */
export const readEvent = (root: JsonObject | undefined, event: unknown) => {
  const properties = at(event, 'properties')
  const flag = at(event, 'limited_data_use')
  return {
    batch: arrayOrEmpty(at(root, 'data')).length,
    pixel: stringOrNull(at(root, 'event_source_id')) ?? '',
    event: stringOrNull(at(event, 'event')),
    eventId: stringOrNull(at(event, 'event_id')),
    eventTime: numberOf(at(event, 'event_time')),
    value: numberOf(at(properties, 'value')),
    currency: stringOrNull(at(properties, 'currency')),
    host: hostOf(at(at(event, 'page'), 'url')),
    test: at(root, 'test_event_code') !== undefined,
    limitedDataUse: typeof flag === 'boolean' ? flag : null,
    keys: readMatchKeys(at(event, 'user')),
    payload: event,
  }
}

/** The fields that follow from the warnings and from deduplication, for an event that was taken. */
export const verdictFields = (findings: Finding[], repeat: Repeat | null) => ({
  verdict: findings.length > 0 ? ('warned' as const) : ('accepted' as const),
  duplicate: repeat !== null,
  duplicateOf: repeat?.firstId ?? null,
  dedup: repeat?.outcome ?? null,
  findings,
})
