/** Formats numbers for the owner: counts, money, lengths of time. */
import { hourMs, minuteMs } from '../../time.js'

/** `1 event`, `3 events`. */
export const count = (number: number, singular: string, plural = `${singular}s`) =>
  `${number.toLocaleString('en-US')} ${number === 1 ? singular : plural}`

/** @param currency ISO 4217; a shop may send another text */
export function money(value: number, currency?: string): string {
  if (!currency) return String(value)
  try {
    return value.toLocaleString('en-US', { style: 'currency', currency })
  } catch {
    return `${value} ${currency}`
  }
}

/** `120 ms`, `3.4 s`, `12 min`, `1.5 h`. */
export function duration(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)} ms`
  if (ms < minuteMs) return `${(ms / 1_000).toFixed(1)} s`
  return ms < hourMs ? `${Math.round(ms / minuteMs)} min` : `${(ms / hourMs).toFixed(1)} h`
}
