/** Knows when a repeat counts and when it does not. */
import { expect, test } from 'vitest'
import { type Channel, createLedger, DEDUP_WINDOW_MS, type Ledger, MERGE_WINDOW_MS } from './ledger.js'

const clockedLedger = (limit?: number) => {
  const clock = { nowMs: 1_000_000 }
  return { clock, ledger: createLedger(() => clock.nowMs, limit) }
}

/** The number of the first one, or null. */
const note = (
  ledger: Ledger,
  pixel: string,
  event: string,
  eventId: string | null,
  number: string,
  { channel = 'server' as Channel, test = false } = {},
) => ledger.note({ pixel, event, eventId, channel, test }, number)?.of ?? null

test('a repeat within 48 h names the first', () => {
  const { clock, ledger } = clockedLedger()
  expect(note(ledger, 'P', 'Purchase', 'a', '1')).toBeNull()
  clock.nowMs += DEDUP_WINDOW_MS - 1
  expect(note(ledger, 'P', 'Purchase', 'a', '2')).toBe('1')
})

test('after 48 h it is a first again', () => {
  const { clock, ledger } = clockedLedger()
  note(ledger, 'P', 'Purchase', 'a', '1')
  clock.nowMs += DEDUP_WINDOW_MS
  expect(note(ledger, 'P', 'Purchase', 'a', '2')).toBeNull()
  expect(note(ledger, 'P', 'Purchase', 'a', '3')).toBe('2')
})

test.each([
  ['another pixel', 'Q', 'Purchase', 'a'],
  ['another name', 'P', 'Lead', 'a'],
  ['another id', 'P', 'Purchase', 'b'],
  ['no id', 'P', 'Purchase', null],
])('%s is no repeat', (_title, pixel, event, id) => {
  const { ledger } = clockedLedger()
  note(ledger, 'P', 'Purchase', 'a', '1')
  expect(note(ledger, pixel, event, id, '2')).toBeNull()
})

test('events without an id are never repeats of each other', () => {
  const { ledger } = clockedLedger()
  note(ledger, 'P', 'Purchase', null, '1')
  expect(note(ledger, 'P', 'Purchase', null, '2')).toBeNull()
})

test('an order under another id is noticed', () => {
  const { ledger } = clockedLedger()
  expect(ledger.noteOrder('P', 'Purchase', '1001', 'a')).toBeNull()
  expect(ledger.noteOrder('P', 'Purchase', '1001', 'a')).toBeNull()
  expect(ledger.noteOrder('P', 'Purchase', '1001', 'b')).toBe('a')
})

test('clearing one pixel leaves the others', () => {
  const { ledger } = clockedLedger()
  note(ledger, 'P', 'Purchase', 'a', '1')
  note(ledger, 'Q', 'Purchase', 'a', '2')
  ledger.clear('P')
  expect(note(ledger, 'P', 'Purchase', 'a', '3')).toBeNull()
  expect(note(ledger, 'Q', 'Purchase', 'a', '4')).toBe('2')
})

test('the oldest keys are forgotten first', () => {
  const { ledger } = clockedLedger(2)
  for (const id of ['a', 'b', 'c']) note(ledger, 'P', 'Purchase', id, id)
  expect(note(ledger, 'P', 'Purchase', 'c', '4')).toBe('c')
  expect(note(ledger, 'P', 'Purchase', 'a', '5')).toBeNull()
})

const from = (channel: Channel) => ({ pixel: 'P', event: 'Purchase', eventId: 'a', channel, test: false })

test('browser and server within 5 minutes are merged, in either order', () => {
  for (const [first, second] of [
    ['browser', 'server'],
    ['server', 'browser'],
  ] as const) {
    const { clock, ledger } = clockedLedger()
    expect(ledger.note(from(first), '1')).toBeNull()
    clock.nowMs += MERGE_WINDOW_MS
    expect(ledger.note(from(second), '2')).toEqual({ of: '1', became: 'merged' })
    expect(ledger.note(from(second), '3')).toEqual({ of: '1', became: 'dropped' })
  }
})

test('browser and server more than 5 minutes apart: the later is dropped, until 48 h', () => {
  const { clock, ledger } = clockedLedger()
  ledger.note(from('browser'), '1')
  clock.nowMs += MERGE_WINDOW_MS + 1
  expect(ledger.note(from('server'), '2')).toEqual({ of: '1', became: 'dropped' })
  clock.nowMs += DEDUP_WINDOW_MS
  expect(ledger.note(from('server'), '3')).toBeNull()
})

test('the same channel within 5 minutes is dropped, not merged', () => {
  const { ledger } = clockedLedger()
  ledger.note(from('server'), '1')
  expect(ledger.note(from('server'), '2')).toEqual({ of: '1', became: 'dropped' })
})

test('test events are apart from live ones', () => {
  const { ledger } = clockedLedger()
  expect(note(ledger, 'P', 'Purchase', 'a', '1', { test: true })).toBeNull()
  expect(note(ledger, 'P', 'Purchase', 'a', '2')).toBeNull()
  expect(note(ledger, 'P', 'Purchase', 'a', '3', { test: true })).toBe('1')
})
