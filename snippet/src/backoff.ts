/** Computes the wait after a failed request. */

/** One hour. Neither the doubling nor a `Retry-After` delays events for longer. */
const maxWaitMs = 36e5

/**
 * Returns 50 to 100 % of 2 s, 4 s, 8 s …, depending on `random` in [0, 1). The result is never shorter than the
 * server's `Retry-After` (in seconds) and never longer than an hour.
 */
export const backoffMs = (failures: number, random: number, retryAfter: string | null | undefined): number =>
  Math.min(Math.max(500 * 2 ** failures * (1 + random), +(retryAfter as string) * 1e3 || 0), maxWaitMs)
