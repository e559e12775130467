import { describe, expect, it } from 'vitest'
import { clockShift, parseTime, timeProblem } from './event-time.js'

const seconds = 1_795_898_029
const noon = Date.UTC(2026, 10, 28, 12)

describe('a time', () => {
  it.each<[unknown, number]>([
    [seconds, seconds * 1e3],
    [seconds + 0.5, seconds * 1e3 + 500],
    [seconds * 1e3, seconds * 1e3],
    [seconds * 1e6, seconds * 1e3],
    [seconds * 1e9, seconds * 1e3],
    [` ${seconds} `, seconds * 1e3],
    [`${seconds}000000`, seconds * 1e3],
    ['2026-11-28T12:00:00Z', noon],
    ['2026-11-28T12:00Z', noon],
    ['2026-11-28 12:00:00 Z', noon],
    ['2026-11-28t12:00:00.123456z', noon + 123],
    ['2026-11-28T07:00:00-05:00', noon],
    ['2026-11-28T17:30:00+0530', noon],
    ['2026-11-28T14:00:00+02', noon],
  ])('%s is read', (value, expected) => expect(parseTime(value)).toBe(expected))

  it.each([
    -1,
    0,
    999_999_999,
    1e21,
    Number.NaN,
    '',
    'yesterday',
    '2026-11-28',
    '2026-11-28T12:00:00',
    '2026-13-28T12:00:00Z',
    '1970-01-01T00:00:00Z',
    '28/11/2026 12:00 Z',
    true,
    {},
    undefined,
  ])('%s is not read', (value) => expect(parseTime(value)).toBeUndefined())

  it('without a zone is called so', () => {
    expect(timeProblem('2026-11-28T12:00:00')).toContain('without a zone')
    expect(timeProblem('2026-11-28 12:00:00.5')).toContain('without a zone')
    expect(timeProblem('2026-13-28T12:00:00Z')).toContain('expected Unix seconds')
    expect(timeProblem('yesterday')).toContain('expected Unix seconds')
  })
})

describe('the shift of a clock', () => {
  const sentAt = 1_795_400_000_000
  it.each([
    ['a clock that is right', 0, 0],
    ['59 s on the way', 59_000, 0],
    ['a clock 90 s behind', 90_000, 60],
    ['a clock 40 days behind and 5 s on the way', 40 * 86_400_000 + 5_000, 40 * 86_400],
    ['a clock 59 s ahead', -59_000, 0],
    ['a clock 2 h ahead and 5 s on the way', -7_200_000 + 5_000, -7_140],
  ])('of %s', (_, differenceMs, expected) => {
    expect(clockShift(sentAt, sentAt + differenceMs)).toBe(expected)
  })

  it('is nothing without sent_at', () => expect(clockShift(undefined, sentAt)).toBe(0))
})
