/** How long to wait after a failed try. */

/** Neither our doubling nor a server's wish parks the events for longer. */
const longestMs = 36e5

/**
 * Between half of and the whole of 2 s, 4 s, 8 s … (`random` in [0, 1) decides), but never less than the
 * server's `Retry-After` in seconds, and never more than an hour.
 */
export const backoffMs = (failures: number, random: number, retryAfter: string | null | undefined): number =>
  Math.min(Math.max(500 * 2 ** failures * (1 + random), +(retryAfter as string) * 1e3 || 0), longestMs)
