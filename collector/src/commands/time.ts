/** Parses times in the options of commands. */
import { dayMs, hourMs, minuteMs } from '../time.js'

export const timeHint = 'A time is written 90s, 30m, 2h, 3d, or as a date such as 2026-11-23T10:00Z.'

const unitMs: Readonly<Record<string, number>> = { s: 1_000, m: minuteMs, h: hourMs, d: dayMs }

/**
 * @param text a time before now such as `2h`, or a date
 * @returns Unix milliseconds; nothing for any other text
 */
export function parseTime(text: string, now: number): number | undefined {
  const [, count, unit = ''] = /^(\d+)([smhd])$/.exec(text) ?? []
  if (count !== undefined) return now - Number(count) * (unitMs[unit] ?? 0)
  const time = Date.parse(text)
  return Number.isNaN(time) ? undefined : time
}
