import { describe, expect, it } from 'vitest'
import { createLimiter } from './rate-limit.js'

/** A limiter whose bucket for this address is empty at second 1. */
function exhausted(address: string) {
  const limiter = createLimiter(60)
  for (let request = 0; request < 100; request++) expect(limiter.take(address, 1_000)).toBe(0)
  return limiter
}

describe('the request limit', () => {
  it('lets a burst through, then says how long to wait, then lets the next one through', () => {
    const limiter = exhausted('198.51.100.7')
    expect(limiter.take('198.51.100.7', 1_000)).toBe(1)
    expect(limiter.take('198.51.100.8', 1_000)).toBe(0)
    expect(limiter.take('198.51.100.7', 2_100)).toBe(0)
  })

  it.each([
    ['2001:db8::1', '2001:0db8:0:0:ffff::2'],
    ['2001:db8::1', '2001:DB8::1'],
    ['::1', '::2'],
  ])('counts %s and %s as one client: an IPv6 /64', (first, second) => {
    expect(exhausted(first).take(second, 1_000)).toBe(1)
  })

  it.each([
    ['2001:db8::1', '2001:db8:0:1::1'],
    ['198.51.100.7', '198.51.100.8'],
    ['198.51.100.7', ''],
  ])('counts %s and %j apart', (first, second) => {
    expect(exhausted(first).take(second, 1_000)).toBe(0)
  })
})
