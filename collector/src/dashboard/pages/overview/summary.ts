/** Counts by the hour, added up for the overview: bars, match keys, the way to a purchase, waiting times. */

import { type HourCount, type MatchKey, matchKeys, type Wait, waitEdges } from '../../../store/reports.js'
import type { Bar } from './charts.js'

const hourMs = 3_600_000

export interface Range {
  /** As in the address. */
  name: string
  label: string
  hours: number
  /** Hours in one bar. */
  step: number
}

export const ranges: readonly Range[] = [
  { name: '24h', label: '24 hours', hours: 24, step: 1 },
  { name: '7d', label: '7 days', hours: 168, step: 6 },
  { name: '30d', label: '30 days', hours: 720, step: 24 },
]

/** @param now Unix hours; the last bar holds it */
export function barsOf(counts: readonly HourCount[], { hours, step }: Range, now: number): Bar[] {
  const first = now - hours + 1
  const bars = Array.from({ length: hours / step }, (_, at): Bar => {
    const time = new Date((first + at * step) * hourMs).toISOString()
    const label =
      step === 1 ? time.slice(11, 16) : step < 24 ? time.slice(5, 13).replace('T', ' ') : time.slice(5, 10)
    return { label, delivered: 0, failed: 0, skipped: 0 }
  })
  for (const { hour, delivered, failed, skipped } of counts) {
    const bar = bars[Math.floor((hour - first) / step)]
    if (!bar) continue
    bar.delivered += delivered
    bar.failed += failed
    bar.skipped += skipped
  }
  return bars
}

export interface EventSum {
  event: string
  total: number
  browser: number
  server: number
  failed: number
  duplicates: number
  /** Unix hours. */
  lastHour: number
}

/** By event name, the most frequent first. */
export function eventSums(counts: readonly HourCount[]): EventSum[] {
  const sums = new Map<string, EventSum>()
  for (const { event, lastHour, browser, server, failed, duplicates } of counts) {
    const none = { event, total: 0, browser: 0, server: 0, failed: 0, duplicates: 0, lastHour: 0 }
    const sum = sums.get(event) ?? none
    sum.total += browser + server
    sum.browser += browser
    sum.server += server
    sum.failed += failed
    sum.duplicates += duplicates
    sum.lastHour = Math.max(sum.lastHour, lastHour)
    sums.set(event, sum)
  }
  return [...sums.values()].filter(({ total }) => total > 0).sort((a, b) => b.total - a.total)
}

/** How many accepted events had each match key. */
export function coverage(counts: readonly HourCount[]): { of: number; keys: Record<MatchKey, number> } {
  const keys = Object.fromEntries(matchKeys.map((key) => [key, 0])) as Record<MatchKey, number>
  let of = 0
  for (const count of counts) {
    of += count.browser + count.server
    for (const key of matchKeys) keys[key] += count.keys[key]
  }
  return { of, keys }
}

/** The time within which a part of the deliveries was done, in ms; nothing where there was none. */
export function quantile(waits: readonly Wait[], part: number): number | undefined {
  const sorted = [...waits].sort((a, b) => a.bucket - b.bucket)
  const all = sorted.reduce((sum, { count }) => sum + count, 0)
  if (all === 0) return undefined
  let left = all * part
  for (const { bucket, count } of sorted) {
    const low = waitEdges[bucket - 1] ?? 0
    const high = waitEdges[bucket] ?? low
    if (left <= count) return low + ((high - low) * left) / count
    left -= count
  }
  return waitEdges.at(-1)
}

/** Such as `120 ms`, `3.4 s`, `12 min`. */
export function duration(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)} ms`
  if (ms < 60_000) return `${(ms / 1_000).toFixed(1)} s`
  return ms < hourMs ? `${Math.round(ms / 60_000)} min` : `${(ms / hourMs).toFixed(1)} h`
}
