/** Limits requests by client address: a token bucket for each, in a bounded map. */
import { ipKeyGenerator } from 'express-rate-limit'
import { LRUCache } from 'lru-cache'
import { minuteMs } from '../time.js'

export interface Limiter {
  /**
   * Takes one token of the client's bucket.
   * @param now Unix milliseconds
   * @returns seconds to wait, 0 when the request may pass
   */
  take(address: string, now: number): number
}

interface Bucket {
  tokens: number
  /** When the tokens were last counted, Unix milliseconds. */
  at: number
}

const burst = 100
const maxClients = 50_000
/** One IPv6 client has a whole /64 to itself. */
const ipv6PrefixBits = 64

/** @param perMinute requests a minute for each address, with bursts of 100 */
export function createLimiter(perMinute: number): Limiter {
  const buckets = new LRUCache<string, Bucket>({ max: maxClients })
  const perMs = perMinute / minuteMs
  // The key of an IPv6 address takes 20 µs to make, so it is kept.
  const ipv6Keys = new LRUCache<string, string>({
    max: maxClients,
    memoMethod: (address) => ipKeyGenerator(address, ipv6PrefixBits),
  })
  return {
    take(address, now) {
      const key = address.includes(':') ? ipv6Keys.memo(address) : address
      const bucket = buckets.get(key)
      if (!bucket) {
        buckets.set(key, { tokens: burst - 1, at: now })
        return 0
      }
      bucket.tokens = Math.min(burst, bucket.tokens + Math.max(0, now - bucket.at) * perMs)
      bucket.at = now
      if (bucket.tokens < 1) return Math.max(1, Math.ceil((1 - bucket.tokens) / perMs / 1_000))
      bucket.tokens--
      return 0
    },
  }
}
