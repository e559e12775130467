/** How many requests an address may make: a small token bucket for each, in a bounded map. */
import { LRUCache } from 'lru-cache'

export interface Limiter {
  /** Seconds to wait, or 0 when the request may pass. */
  take(address: string, now: number): number
}

const burst = 100

/** @param perMinute requests a minute and address, with bursts of 100 */
export function createLimiter(perMinute: number): Limiter {
  const buckets = new LRUCache<string, { tokens: number; at: number }>({ max: 50_000 })
  const perMs = perMinute / 60_000
  return {
    take(address, now) {
      const key = bucketKey(address)
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

/** An IPv6 visitor has a whole /64 at hand: its first four groups are one address here. */
export function bucketKey(address: string): string {
  if (!address.includes(':')) return address
  const [head = '', tail] = address.split('::')
  const left = head === '' ? [] : head.split(':')
  const right = tail === undefined || tail === '' ? [] : tail.split(':')
  const zeros = tail === undefined ? 0 : 8 - left.length - right.length
  const groups = [...left, ...Array<string>(Math.max(0, zeros)).fill('0'), ...right]
  return groups
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':')
}
