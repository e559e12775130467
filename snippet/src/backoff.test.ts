import { expect, test } from 'vitest'
import { backoffMs } from './backoff.js'

test('the first wait is between one and two seconds', () => {
  expect(backoffMs(1, 0, null)).toBe(1000)
  expect(backoffMs(1, 0.999, null)).toBeCloseTo(1999, 0)
})

test('each further failure doubles the wait', () => {
  expect(backoffMs(4, 0, undefined)).toBe(8000)
})

test('Retry-After makes a wait longer, never shorter', () => {
  expect(backoffMs(1, 0, '120')).toBe(120_000)
  expect(backoffMs(4, 0, '1')).toBe(8000)
})

test('no wait is longer than an hour', () => {
  expect(backoffMs(1000, 0.5, null)).toBe(3_600_000)
  expect(backoffMs(1, 0.5, '999999999')).toBe(3_600_000)
})

test('an invalid Retry-After is ignored', () => {
  expect(backoffMs(1, 0, 'soon')).toBe(1000)
})
