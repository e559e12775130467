/** How long to wait before the next try. Pure: attempts and chance are arguments. */

const firstMs = 1_000
/** Longest waits: while the trouble is young, and after its first hour. */
const longestMs = { young: 300_000, old: 1_800_000 }
const youngMs = 3_600_000

/**
 * Full jitter: anything from 0 to 1 s after the first failure, the upper end doubling to 5 min, after an hour of
 * trouble to 30 min.
 * @param failures in a row so far, 1 or more
 * @param random from 0 to 1
 * @param troubleMs since the first of these failures
 * @returns milliseconds
 */
export function backoff(failures: number, random: number, troubleMs = 0): number {
  const longest = troubleMs < youngMs ? longestMs.young : longestMs.old
  return Math.floor(random * Math.min(longest, firstMs * 2 ** Math.min(failures - 1, 30)))
}

/**
 * What a vendor's wish to wait comes to: at least a second, at most an hour.
 * @param retryAfterMs as the vendor said it; absent: the schedule's own delay
 * @param scheduleMs that delay
 */
export function throttleDelay(retryAfterMs: number | undefined, scheduleMs: number): number {
  return Math.min(3_600_000, Math.max(1_000, retryAfterMs ?? scheduleMs))
}
