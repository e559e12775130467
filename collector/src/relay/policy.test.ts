import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { HashedEvent } from '../event.js'
import { dayMs, hourMs } from '../time.js'
import { vendors } from '../vendors/index.js'
import {
  backoff,
  expiryReason,
  idleDelay,
  leaseMs,
  maxBytesInMemory,
  quickAnswerMs,
  sendReserveMs,
  throttleDelay,
} from './policy.js'

const randoms = fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true })
const failures = fc.integer({ min: 1, max: 10_000 })

describe('the wait before the next request', () => {
  it('is below 1 s after the first failure, doubles, and never passes 5 min', () => {
    expect(backoff(1, 0.999)).toBe(999)
    expect(backoff(2, 0.999)).toBe(1_998)
    expect(backoff(9, 1)).toBe(256_000)
    expect(backoff(10, 1)).toBe(300_000)
    expect(backoff(20, 1, 3_599_999)).toBe(300_000)
    expect(backoff(20, 1, 3_600_000)).toBe(1_800_000)
    fc.assert(
      fc.property(failures, randoms, (count, random) => {
        const ms = backoff(count, random)
        return ms >= 0 && ms <= 300_000 && Number.isInteger(ms)
      }),
    )
  })

  it('is the one that the vendor requests, from 1 s to 1 h', () => {
    expect(throttleDelay(5_000, 0)).toBe(5_000)
    expect(throttleDelay(1e12, 0)).toBe(3_600_000)
    expect(throttleDelay(undefined, 0)).toBe(1_000)
    fc.assert(
      fc.property(
        fc.option(fc.double({ noNaN: true }), { nil: undefined }),
        failures,
        randoms,
        (retryAfterMs, count, random) => {
          const ms = throttleDelay(retryAfterMs, backoff(count, random))
          return ms >= 1_000 && ms <= 3_600_000
        },
      ),
    )
  })
})

describe('the sleep of an idle connection', () => {
  it('ends at the next due time, after 1 ms to 5 s', () => {
    expect(idleDelay(undefined, 1_000)).toBe(5_000)
    expect(idleDelay(3_000, 1_000)).toBe(2_000)
    expect(idleDelay(hourMs, 1_000)).toBe(5_000)
    expect(idleDelay(0, 1_000)).toBe(1)
  })
})

describe('a delivery', () => {
  const at = 1_795_400_000_000
  const event = { eventTime: at / 1_000 } as HashedEvent

  it('expires 47 h after the first ambiguous attempt, and after 28 days without one', () => {
    expect(expiryReason({ event, ambiguousAt: at }, at + 47 * hourMs)).toBeUndefined()
    expect(expiryReason({ event, ambiguousAt: at }, at + 47 * hourMs + 1)).toBe('outcome unknown')
    expect(expiryReason({ event }, at + 28 * dayMs)).toBeUndefined()
    expect(expiryReason({ event }, at + 28 * dayMs + 1)).toBe('older than 28 days')
  })
})

describe('a lease', () => {
  it.each(vendors.map((kind) => [kind.name, kind] as const))(
    'lasts for a whole request to %s, and time remains to start one after the claim',
    async (_name, kind) => {
      const vendor = kind.create({ tiktokUrl: 'http://127.0.0.1:1' }, () => 0)
      expect(sendReserveMs(vendor.maxRequestMs)).toBeGreaterThan(vendor.maxRequestMs)
      expect(leaseMs - sendReserveMs(vendor.maxRequestMs)).toBeGreaterThanOrEqual(15_000)
      await vendor.close()
    },
  )
})

describe('a request of twice the size', () => {
  it('ends in time after a quick answer', async () => {
    const [kind] = vendors
    const vendor = kind?.create({ tiktokUrl: 'http://127.0.0.1:1' }, () => 0)
    expect(2 * quickAnswerMs).toBeLessThan(vendor?.maxRequestMs ?? 0)
    expect(maxBytesInMemory).toBeGreaterThanOrEqual(16 * (vendor?.limits.bytes ?? Number.POSITIVE_INFINITY))
    await vendor?.close()
  })
})
