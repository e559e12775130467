/** Adds up hourly counts for the overview: chart bars, sums by event name, match keys, delivery times. */
import { type HourCount, type MatchKey, type Wait, waitEdges } from '../../../store/reports.js'
import { hourMs } from '../../../time.js'

export interface Range {
  /** Value of `?range=`. */
  name: string
  label: string
  hours: number
  /** Hours in one bar. */
  step: number
}

const dayRange: Range = { name: '24h', label: '24 hours', hours: 24, step: 1 }

export const ranges: readonly Range[] = [
  dayRange,
  { name: '7d', label: '7 days', hours: 168, step: 6 },
  { name: '30d', label: '30 days', hours: 720, step: 24 },
]

/** The range of this name, else the first one. */
export const rangeOf = (name: string | null): Range => ranges.find((range) => range.name === name) ?? dayRange

export interface Bar {
  /** `14:00`, `11-03 06` or `11-03`, by the length of the range. */
  label: string
  delivered: number
  failed: number
  skipped: number
}

/** @param lastHour Unix hours; the last bar contains it */
export function barsOf(counts: readonly HourCount[], { hours, step }: Range, lastHour: number): Bar[] {
  const firstHour = lastHour - hours + 1
  const bars = Array.from({ length: hours / step }, (_, index): Bar => {
    const label = barLabel(firstHour + index * step, step)
    return { label, delivered: 0, failed: 0, skipped: 0 }
  })
  for (const { hour, delivered, failed, skipped } of counts) {
    const bar = bars[Math.floor((hour - firstHour) / step)]
    if (!bar) continue
    bar.delivered += delivered
    bar.failed += failed
    bar.skipped += skipped
  }
  return bars
}

function barLabel(hour: number, step: number): string {
  const iso = new Date(hour * hourMs).toISOString()
  if (step === 1) return iso.slice(11, 16)
  return step < 24 ? iso.slice(5, 13).replace('T', ' ') : iso.slice(5, 10)
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

/** By event name, most frequent first. */
export function eventSums(counts: readonly HourCount[]): EventSum[] {
  const sums = new Map<string, EventSum>()
  for (const { event, lastHour, browser, server, failed, duplicates } of counts) {
    const zero = { event, total: 0, browser: 0, server: 0, failed: 0, duplicates: 0, lastHour: 0 }
    const sum = sums.get(event) ?? zero
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

export interface Coverage {
  /** Accepted events. */
  total: number
  /** How many of them had the key. */
  keys: ReadonlyMap<MatchKey, number>
}

export function matchKeyCoverage(counts: readonly HourCount[]): Coverage {
  const keys = new Map<MatchKey, number>()
  let total = 0
  for (const count of counts) {
    total += count.browser + count.server
    for (const [key, withKey] of Object.entries(count.keys)) keys.set(key, (keys.get(key) ?? 0) + withKey)
  }
  return { total, keys }
}

/**
 * The delivery time within which a share of the deliveries was done, interpolated within its bucket.
 * @param share from 0 to 1
 * @returns milliseconds; undefined without deliveries
 */
export function deliveryTimeQuantile(waits: readonly Wait[], share: number): number | undefined {
  const buckets = [...waits].sort((a, b) => a.bucket - b.bucket)
  const total = buckets.reduce((sum, { count }) => sum + count, 0)
  if (total === 0) return undefined
  let remaining = total * share
  for (const { bucket, count } of buckets) {
    const lower = waitEdges[bucket - 1] ?? 0
    const upper = waitEdges[bucket] ?? lower
    if (remaining <= count) return lower + ((upper - lower) * remaining) / count
    remaining -= count
  }
  return waitEdges.at(-1)
}
