/** How long to wait before the next try. Pure: attempts and chance are arguments. */

const firstMs = 1_000
const longestMs = 300_000

/**
 * Full jitter: anything from 0 to 1 s after the first failure, the upper end doubling to 5 min.
 * @param failures in a row so far, 1 or more
 * @param random from 0 to 1
 * @returns milliseconds
 */
export function backoff(failures: number, random: number): number {
  return Math.floor(random * Math.min(longestMs, firstMs * 2 ** Math.min(failures - 1, 30)))
}

/**
 * What a vendor's wish to wait comes to: at least a second, at most an hour.
 * @param retryAfterMs as the vendor said it; absent: the schedule's own delay
 */
export function throttleDelay(retryAfterMs: number | undefined, failures: number, random: number): number {
  return Math.min(3_600_000, Math.max(1_000, retryAfterMs ?? backoff(failures, random)))
}
