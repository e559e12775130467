import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { backoff, throttleDelay } from './policy.js'

const chance = fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true })
const failures = fc.integer({ min: 1, max: 10_000 })

describe('the wait before the next try', () => {
  it('is below 1 s after the first failure, doubles, and never passes 5 min', () => {
    expect(backoff(1, 0.999)).toBe(999)
    expect(backoff(2, 0.999)).toBe(1_998)
    expect(backoff(9, 1)).toBe(256_000)
    expect(backoff(10, 1)).toBe(300_000)
    expect(backoff(20, 1, 3_599_999)).toBe(300_000)
    expect(backoff(20, 1, 3_600_000)).toBe(1_800_000)
    fc.assert(
      fc.property(failures, chance, (count, random) => {
        const ms = backoff(count, random)
        return ms >= 0 && ms <= 300_000 && Number.isInteger(ms)
      }),
    )
  })

  it('is the vendor’s own wish from 1 s to 1 h', () => {
    expect(throttleDelay(5_000, 0)).toBe(5_000)
    expect(throttleDelay(1e12, 0)).toBe(3_600_000)
    expect(throttleDelay(undefined, 0)).toBe(1_000)
    fc.assert(
      fc.property(
        fc.option(fc.double({ noNaN: true }), { nil: undefined }),
        failures,
        chance,
        (wish, count, random) => {
          const ms = throttleDelay(wish, backoff(count, random))
          return ms >= 1_000 && ms <= 3_600_000
        },
      ),
    )
  })
})
