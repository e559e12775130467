/** Filters events by a query such as `event:Purchase verdict:rejected key:email ldu:yes pixel:C… words`. */
import type { ReceivedEvent } from './received-event.js'

type Matcher = (event: ReceivedEvent) => boolean

const KEYS: Record<string, keyof ReceivedEvent['keys']> = {
  click: 'click',
  ttclid: 'click',
  mail: 'mail',
  email: 'mail',
  phone: 'phone',
  id: 'id',
  external_id: 'id',
  ttp: 'ttp',
  ip: 'ipUa',
  ua: 'ipUa',
}

const isYes = (value: string): boolean => value === 'yes' || value === 'true'

/** A term without a known field name matches anywhere in the payload, ignoring case. */
const containsText =
  (term: string): Matcher =>
  (event) =>
    JSON.stringify([event.event, event.eventId, event.host, event.payload])
      .toLowerCase()
      .includes(term.toLowerCase())

const FIELDS: Record<string, (value: string) => Matcher> = {
  event: (value) => (event) => event.event === value,
  pixel: (value) => (event) => event.pixel === value,
  id: (value) => (event) => event.eventId === value,
  host: (value) => (event) => event.host === value,
  code: (value) => (event) => String(event.code) === value,
  verdict: (value) => (event) => event.verdict === value,
  rule: (value) => (event) => event.findings.some(({ rule }) => rule === value),
  key: (value) => (event) => event.keys[KEYS[value] ?? 'click'] === 'sent' && value in KEYS,
  ldu: (value) => (event) => (event.limitedDataUse ?? false) === isYes(value),
  test: (value) => (event) => event.test === isYes(value),
  duplicate: (value) => (event) => event.duplicate === isYes(value),
  dedup: (value) => (event) => event.dedup === value,
  channel: (value) => (event) => event.channel === value,
  pinned: (value) => (event) => event.pinned === isYes(value),
}

const matcherOf = (term: string): Matcher => {
  const colon = term.indexOf(':')
  const name = term.slice(0, colon)
  return colon > 0 && Object.hasOwn(FIELDS, name)
    ? (FIELDS[name]?.(term.slice(colon + 1)) ?? containsText(term))
    : containsText(term)
}

/** Matches events that fit all terms; an empty query matches all events. */
export const createFilter = (query: { q?: string; pixel?: string; event?: string }): Matcher => {
  const matchers = (query.q ?? '').split(/\s+/).filter(Boolean).map(matcherOf)
  if (query.pixel) matchers.push((event) => event.pixel === query.pixel)
  if (query.event) matchers.push((event) => event.event === query.event)
  return (event) => matchers.every((matches) => matches(event))
}
