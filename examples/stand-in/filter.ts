/** Knows how events are searched: `event:Purchase verdict:rejected key:email ldu:yes pixel:C… words`. */
import type { Kept } from './kept.js'

type Test = (kept: Kept) => boolean

const KEYS: Record<string, keyof Kept['keys']> = {
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

const yes = (value: string): boolean => value === 'yes' || value === 'true'

/** A word without a known name in front is looked for in the whole payload, in any case. */
const words =
  (word: string): Test =>
  (kept) =>
    JSON.stringify([kept.event, kept.eventId, kept.host, kept.payload])
      .toLowerCase()
      .includes(word.toLowerCase())

const named: Record<string, (value: string) => Test> = {
  event: (value) => (kept) => kept.event === value,
  pixel: (value) => (kept) => kept.pixel === value,
  id: (value) => (kept) => kept.eventId === value,
  host: (value) => (kept) => kept.host === value,
  code: (value) => (kept) => String(kept.code) === value,
  verdict: (value) => (kept) => kept.verdict === value,
  rule: (value) => (kept) => kept.findings.some(({ rule }) => rule === value),
  key: (value) => (kept) => kept.keys[KEYS[value] ?? 'click'] === 'sent' && value in KEYS,
  ldu: (value) => (kept) => (kept.limitedDataUse ?? false) === yes(value),
  test: (value) => (kept) => kept.test === yes(value),
  duplicate: (value) => (kept) => kept.duplicate === yes(value),
  dedup: (value) => (kept) => kept.dedup === value,
  channel: (value) => (kept) => kept.channel === value,
  pinned: (value) => (kept) => kept.pinned === yes(value),
}

const testOf = (term: string): Test => {
  const colon = term.indexOf(':')
  const name = term.slice(0, colon)
  return colon > 0 && Object.hasOwn(named, name)
    ? (named[name]?.(term.slice(colon + 1)) ?? words(term))
    : words(term)
}

/** All terms must hold; an empty query holds for everything. */
export const createFilter = (query: { q?: string; pixel?: string; event?: string }): Test => {
  const tests = (query.q ?? '').split(/\s+/).filter(Boolean).map(testOf)
  if (query.pixel) tests.push((kept) => kept.pixel === query.pixel)
  if (query.event) tests.push((kept) => kept.event === query.event)
  return (kept) => tests.every((test) => test(kept))
}
