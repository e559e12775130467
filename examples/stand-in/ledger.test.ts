/** Classifies repeats by time, channel, pixel, name and id. */
import { expect, test } from 'vitest'
import { type Channel, createLedger, DEDUP_WINDOW_MS, type Ledger, MERGE_WINDOW_MS } from './ledger.js'

const clockedLedger = (limit?: number) => {
  const clock = { nowMs: 1_000_000 }
  return { clock, ledger: createLedger(() => clock.nowMs, limit) }
}

/** The id of the first event, or null. */
const record = (
  ledger: Ledger,
  pixel: string,
  event: string,
  eventId: string | null,
  id: string,
  { channel = 'server' as Channel, test = false } = {},
) => ledger.record({ pixel, event, eventId, channel, test }, id)?.firstId ?? null

test('a repeat within 48 h refers to the first event', () => {
  const { clock, ledger } = clockedLedger()
  expect(record(ledger, 'P', 'Purchase', 'a', '1')).toBeNull()
  clock.nowMs += DEDUP_WINDOW_MS - 1
  expect(record(ledger, 'P', 'Purchase', 'a', '2')).toBe('1')
})

test('after 48 h an event is a first event again', () => {
  const { clock, ledger } = clockedLedger()
  record(ledger, 'P', 'Purchase', 'a', '1')
  clock.nowMs += DEDUP_WINDOW_MS
  expect(record(ledger, 'P', 'Purchase', 'a', '2')).toBeNull()
  expect(record(ledger, 'P', 'Purchase', 'a', '3')).toBe('2')
})

test.each([
  ['another pixel', 'Q', 'Purchase', 'a'],
  ['another name', 'P', 'Lead', 'a'],
  ['another id', 'P', 'Purchase', 'b'],
  ['no id', 'P', 'Purchase', null],
])('%s is not a repeat', (_title, pixel, event, id) => {
  const { ledger } = clockedLedger()
  record(ledger, 'P', 'Purchase', 'a', '1')
  expect(record(ledger, pixel, event, id, '2')).toBeNull()
})

test('events without an id are never repeats of each other', () => {
  const { ledger } = clockedLedger()
  record(ledger, 'P', 'Purchase', null, '1')
  expect(record(ledger, 'P', 'Purchase', null, '2')).toBeNull()
})

test('an order under another event id is detected', () => {
  const { ledger } = clockedLedger()
  expect(ledger.recordOrder('P', 'Purchase', '1001', 'a')).toBeNull()
  expect(ledger.recordOrder('P', 'Purchase', '1001', 'a')).toBeNull()
  expect(ledger.recordOrder('P', 'Purchase', '1001', 'b')).toBe('a')
})

test('clearing one pixel leaves the others', () => {
  const { ledger } = clockedLedger()
  record(ledger, 'P', 'Purchase', 'a', '1')
  record(ledger, 'Q', 'Purchase', 'a', '2')
  ledger.clear('P')
  expect(record(ledger, 'P', 'Purchase', 'a', '3')).toBeNull()
  expect(record(ledger, 'Q', 'Purchase', 'a', '4')).toBe('2')
})

test('the oldest keys are forgotten first', () => {
  const { ledger } = clockedLedger(2)
  for (const id of ['a', 'b', 'c']) record(ledger, 'P', 'Purchase', id, id)
  expect(record(ledger, 'P', 'Purchase', 'c', '4')).toBe('c')
  expect(record(ledger, 'P', 'Purchase', 'a', '5')).toBeNull()
})

const from = (channel: Channel) => ({ pixel: 'P', event: 'Purchase', eventId: 'a', channel, test: false })

test('browser and server within 5 minutes are merged, in either order', () => {
  for (const [first, second] of [
    ['browser', 'server'],
    ['server', 'browser'],
  ] as const) {
    const { clock, ledger } = clockedLedger()
    expect(ledger.record(from(first), '1')).toBeNull()
    clock.nowMs += MERGE_WINDOW_MS
    expect(ledger.record(from(second), '2')).toEqual({ firstId: '1', outcome: 'merged' })
    expect(ledger.record(from(second), '3')).toEqual({ firstId: '1', outcome: 'dropped' })
  }
})

test('browser and server more than 5 minutes apart: the later one is dropped, within 48 h', () => {
  const { clock, ledger } = clockedLedger()
  ledger.record(from('browser'), '1')
  clock.nowMs += MERGE_WINDOW_MS + 1
  expect(ledger.record(from('server'), '2')).toEqual({ firstId: '1', outcome: 'dropped' })
  clock.nowMs += DEDUP_WINDOW_MS
  expect(ledger.record(from('server'), '3')).toBeNull()
})

test('the same channel within 5 minutes is dropped, not merged', () => {
  const { ledger } = clockedLedger()
  ledger.record(from('server'), '1')
  expect(ledger.record(from('server'), '2')).toEqual({ firstId: '1', outcome: 'dropped' })
})

test('test events are separate from live ones', () => {
  const { ledger } = clockedLedger()
  expect(record(ledger, 'P', 'Purchase', 'a', '1', { test: true })).toBeNull()
  expect(record(ledger, 'P', 'Purchase', 'a', '2')).toBeNull()
  expect(record(ledger, 'P', 'Purchase', 'a', '3', { test: true })).toBe('1')
})
