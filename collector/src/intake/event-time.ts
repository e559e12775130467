/** Reads the times of senders, and corrects them by the sender's own clock. */
import { minuteMs } from '../time.js'

/** Year, month, day and time of day, and the zone if there is one. */
const isoTime = /^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?) ?(Z|[+-]\d{2}(?::?\d{2})?)?$/i

/** Unix time in 2001. Smaller numbers are something else than seconds. */
const firstSecond = 1e9

/**
 * A time in Unix milliseconds. Numbers are seconds, milliseconds, microseconds or nanoseconds by their size: each unit
 * begins in the year 2001. Texts are such numbers, or ISO 8601 with a zone.
 * @returns `undefined` for any other value
 */
export function parseTime(value: unknown): number | undefined {
  if (typeof value === 'number') return fromNumber(value)
  if (typeof value !== 'string') return undefined
  const text = value.trim()
  return /^\d+(\.\d+)?$/.test(text) ? fromNumber(Number(text)) : fromIso(text)
}

function fromNumber(number: number): number | undefined {
  if (!(number >= firstSecond && number < 1e21)) return undefined
  if (number < 1e12) return number * 1e3
  if (number < 1e15) return number
  return number < 1e18 ? number / 1e3 : number / 1e6
}

function fromIso(text: string): number | undefined {
  const [, day, timeOfDay, zone] = isoTime.exec(text) ?? []
  if (zone === undefined) return undefined
  // Date.parse requires minutes and a colon in the offset.
  const offset =
    zone.length === 1
      ? 'Z'
      : zone.replace(/^(.\d\d):?(\d\d)?$/, (_, hours, minutes = '00') => `${hours}:${minutes}`)
  const time = Date.parse(`${day}T${timeOfDay}${offset}`)
  return time >= firstSecond * 1e3 ? time : undefined
}

/** What is wrong with a time that parseTime cannot read, and what is expected. */
export function timeProblem(value: unknown): string {
  const read = typeof value === 'string' ? isoTime.exec(value.trim()) : null
  return read && read[3] === undefined
    ? 'a time without a zone: end it with Z or an offset such as +02:00, or write Unix seconds'
    : 'expected Unix seconds, such as 1795400000, or a time such as 2026-11-28T10:00:00Z'
}

/**
 * By how much the sender's clock is behind, in seconds: whole minutes, rounded toward zero, so that the time on the way
 * does not count.
 * @param sentAt the sender's clock, Unix milliseconds
 * @param receivedAt Unix milliseconds
 */
export function clockShift(sentAt: number | undefined, receivedAt: number): number {
  const minutes = sentAt === undefined ? 0 : Math.trunc((receivedAt - sentAt) / minuteMs)
  return minutes === 0 ? 0 : minutes * 60
}
