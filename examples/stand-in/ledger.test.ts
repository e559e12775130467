/** Knows when a repeat counts and when it does not. */
import { expect, test } from 'vitest'
import { createLedger, DEDUP_WINDOW_MS } from './ledger.js'

const clockedLedger = (limit?: number) => {
  const clock = { nowMs: 1_000_000 }
  return { clock, ledger: createLedger(() => clock.nowMs, limit) }
}

test('a repeat within 48 h names the first', () => {
  const { clock, ledger } = clockedLedger()
  expect(ledger.note('P', 'Purchase', 'a', '1')).toBeNull()
  clock.nowMs += DEDUP_WINDOW_MS - 1
  expect(ledger.note('P', 'Purchase', 'a', '2')).toBe('1')
})

test('after 48 h it is a first again', () => {
  const { clock, ledger } = clockedLedger()
  ledger.note('P', 'Purchase', 'a', '1')
  clock.nowMs += DEDUP_WINDOW_MS
  expect(ledger.note('P', 'Purchase', 'a', '2')).toBeNull()
  expect(ledger.note('P', 'Purchase', 'a', '3')).toBe('2')
})

test.each([
  ['another pixel', 'Q', 'Purchase', 'a'],
  ['another name', 'P', 'Lead', 'a'],
  ['another id', 'P', 'Purchase', 'b'],
  ['no id', 'P', 'Purchase', null],
])('%s is no repeat', (_title, pixel, event, id) => {
  const { ledger } = clockedLedger()
  ledger.note('P', 'Purchase', 'a', '1')
  expect(ledger.note(pixel, event, id, '2')).toBeNull()
})

test('events without an id are never repeats of each other', () => {
  const { ledger } = clockedLedger()
  ledger.note('P', 'Purchase', null, '1')
  expect(ledger.note('P', 'Purchase', null, '2')).toBeNull()
})

test('an order under another id is noticed', () => {
  const { ledger } = clockedLedger()
  expect(ledger.noteOrder('P', 'Purchase', '1001', 'a')).toBeNull()
  expect(ledger.noteOrder('P', 'Purchase', '1001', 'a')).toBeNull()
  expect(ledger.noteOrder('P', 'Purchase', '1001', 'b')).toBe('a')
})

test('clearing one pixel leaves the others', () => {
  const { ledger } = clockedLedger()
  ledger.note('P', 'Purchase', 'a', '1')
  ledger.note('Q', 'Purchase', 'a', '2')
  ledger.clear('P')
  expect(ledger.note('P', 'Purchase', 'a', '3')).toBeNull()
  expect(ledger.note('Q', 'Purchase', 'a', '4')).toBe('2')
})

test('the oldest keys are forgotten first', () => {
  const { ledger } = clockedLedger(2)
  for (const id of ['a', 'b', 'c']) ledger.note('P', 'Purchase', id, id)
  expect(ledger.note('P', 'Purchase', 'c', '4')).toBe('c')
  expect(ledger.note('P', 'Purchase', 'a', '5')).toBeNull()
})
