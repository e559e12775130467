/** Which failed events the owner means: ids, or a time such as "the last 2 h". */
import type { Replay } from '../store/store.js'

export interface ReplayOptions {
  since?: string | undefined
  until?: string | undefined
  site?: string | undefined
  event?: string | undefined
}

export const timeHint = 'A time is written 90s, 30m, 2h, 3d, or as a date such as 2026-11-23T10:00Z.'

const unitMs: Record<string, number> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 }

/**
 * @param now Unix milliseconds
 * @returns what to replay, or a sentence on what is wrong
 */
export function readReplay(ids: readonly string[], options: ReplayOptions, now: number): Replay | string {
  if (ids.length > 0) {
    const numbers = ids.map(Number)
    const bad = ids.find((_, index) => !Number.isSafeInteger(numbers[index]))
    return bad === undefined
      ? { ids: numbers }
      : `"${bad}" is no id: ids are the numbers that the list of events shows.`
  }
  if (options.since === undefined) return 'Say which: ids, or --since 2h (s, m, h, d, or a date).'
  const since = readTime(options.since, now)
  const until = options.until === undefined ? now : readTime(options.until, now)
  if (since === undefined || until === undefined) return timeHint
  const { site, event } = options
  return { since, until, ...(site !== undefined && { site }), ...(event !== undefined && { event }) }
}

/** Unix milliseconds of a time as a command takes it. */
export function readTime(text: string, now: number): number | undefined {
  const [, count, unit] = /^(\d+)([smhd])$/.exec(text) ?? []
  if (count !== undefined && unit !== undefined) return now - Number(count) * (unitMs[unit] ?? 0)
  const time = Date.parse(text)
  return Number.isNaN(time) ? undefined : time
}
