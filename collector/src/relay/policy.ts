/** Defines the numbers of the delivery policy and the functions that apply them. Pure: times and random numbers are arguments. */
import { maxEventAgeMs } from '../event.js'
import type { Delivery, StoreTimes } from '../store/store.js'
import { hourMs, minuteMs } from '../time.js'

/** Upper bound of the wait after the first failure; it doubles with each further failure in a row. */
const firstWaitMs = 1_000
/** Upper bounds of all waits: in the first hour of a series of failures, and later. */
const maxWaitMs = { firstHour: 5 * minuteMs, later: 30 * minuteMs }

/** Bounds of the wait that a vendor requests. */
const throttleMs = { min: 1_000, max: hourMs }

/** Failures in a row after which an error is logged. */
export const alertThresholds: ReadonlySet<number> = new Set([10, 50, 70, 90, 100])

/** How long a claim reserves its deliveries. */
export const leaseMs = minuteMs
/** From the end of a request to the end of the lease, at least: by then its outcome is settled. */
const settleReserveMs = 5_000
/**
 * A request starts only while its lease has this much time left.
 * @param maxRequestMs the longest time that a request takes; each vendor has its own
 */
export const sendReserveMs = (maxRequestMs: number): number => maxRequestMs + settleReserveMs

/** Bytes of all bodies in memory at a time: 16 connections may each send a full request to TikTok. */
export const maxBytesInMemory = 16 * 1_048_576
/**
 * After a request that broke, requests are smaller. They grow again after an answer within this time: a request of
 * twice the size should then still meet its deadline.
 */
export const quickAnswerMs = 10_000

/** Longest sleep without a wake-up: another collector may have left deliveries behind. */
const maxIdleMs = 5_000
/** How long requests in flight may take to end after a stop. */
export const drainGraceMs = 3_000

/**
 * After the first ambiguous attempt an event may be repeated for 47 h. TikTok drops a repeat of source, name and event
 * id for 48 h after it took the first one; one hour is left for the request itself.
 */
export const ambiguousRetryWindowMs = 47 * hourMs

/** Refused credentials are probed this often: their owner may have restored their rights. */
export const probeMs = 10 * minuteMs

/** The two times of the policy that the store applies: it pauses connections and replays events. */
export const storeTimes: StoreTimes = { probeMs, ambiguousRetryWindowMs }

/**
 * Full jitter: a wait from 0 to 1 s after the first failure. The upper bound doubles with each failure,
 * to 5 min in the first hour and to 30 min later.
 * @param failures in a row so far, 1 or more
 * @param random from 0 to 1
 * @param failingMs time since the first of these failures
 * @returns milliseconds
 */
export function backoff(failures: number, random: number, failingMs = 0): number {
  const longest = failingMs < hourMs ? maxWaitMs.firstHour : maxWaitMs.later
  return Math.floor(random * Math.min(longest, firstWaitMs * 2 ** Math.min(failures - 1, 30)))
}

/**
 * The wait after a throttled request: the one that the vendor requests, from 1 s to 1 h.
 * @param retryAfterMs what the vendor requests, if anything
 * @param backoffMs the wait to use otherwise
 * @returns milliseconds
 */
export function throttleDelay(retryAfterMs: number | undefined, backoffMs: number): number {
  return Math.min(throttleMs.max, Math.max(throttleMs.min, retryAfterMs ?? backoffMs))
}

/**
 * How long to sleep when nothing is due.
 * @param dueAt when the next delivery is due, Unix milliseconds; absent when none is pending
 * @param now Unix milliseconds
 * @returns 1 ms to 5 s: never 0, as the clocks of a shared store and of this process may differ
 */
export function idleDelay(dueAt: number | undefined, now: number): number {
  return dueAt === undefined ? maxIdleMs : Math.min(maxIdleMs, Math.max(1, dueAt - now))
}

/**
 * Why a delivery must not be sent any more, or `undefined`.
 * @param now Unix milliseconds
 */
export function expiryReason(
  { ambiguousAt, event }: Pick<Delivery, 'ambiguousAt' | 'event'>,
  now: number,
): string | undefined {
  if (ambiguousAt !== undefined)
    return now - ambiguousAt > ambiguousRetryWindowMs ? 'outcome unknown' : undefined
  return now - event.eventTime * 1_000 > maxEventAgeMs ? 'older than 28 days' : undefined
}
