/** Sums the hourly counts of a site. */
import type { HourCount } from '../store/reports.js'
import { dayMs, hourMs } from '../time.js'
import type { SiteFacts } from './facts.js'

export interface Sums {
  /** From browsers and servers, without duplicates. */
  accepted: number
  duplicates: number
  failed: number
  /** With Limited Data Use. */
  ldu: number
}

export function sumHours(hours: readonly HourCount[]): Sums {
  const sums: Sums = { accepted: 0, duplicates: 0, failed: 0, ldu: 0 }
  for (const { browser, server, duplicates, failed, ldu } of hours) {
    sums.accepted += browser + server
    sums.duplicates += duplicates
    sums.failed += failed
    sums.ldu += ldu
  }
  return sums
}

export const hoursOfLastDay = ({ hours, now }: SiteFacts): HourCount[] =>
  hours.filter(({ hour }) => hour * hourMs > now - dayMs)
