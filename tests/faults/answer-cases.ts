// Knows how many answers of TikTok are tried at once: each at a site of its own, so that none delays another.

import { readFileSync } from 'node:fs'
import { read, type StoreKind } from '../chaos/data.js'
import type { Fate } from '../chaos/ledger.js'
import type { Reply } from '../chaos/sink.js'
import { sleep } from '../support/http.js'
import { domainOf, type Judged, siteOf, trial } from './scenario.js'

export interface Case {
  name: string
  /** What TikTok says to the n-th request, from 1. */
  reply(nth: number): Reply
  /** How each event must end. */
  ends: Fate
}

export interface Seen {
  name: string
  /** When each request came, Unix milliseconds. */
  at: number[]
  /** How many of the events did not end as they must. */
  wrong: number
}

export const fine: Reply = { code: 0 }
/** Says it once, and from then on that all is well. */
export const once =
  (reply: Reply): Case['reply'] =>
  (nth) =>
    nth === 1 ? reply : fine

export interface CasesOptions {
  store: StoreKind
  cases: Case[]
  /** Events of each case. */
  events?: number
  main?: string
  withinMs?: number
}

/** Offers events to each case's site and waits until all ended as they must, or the time is over. */
export async function answers({
  store,
  cases,
  events = 2,
  main,
  withinMs = 30_000,
}: CasesOptions): Promise<Judged<Seen[]> & { peakMb: number }> {
  let peakMb = 0
  const setup = { store, sites: cases.length, ...(main && { main }) }
  const judged = await trial(setup, async ({ sink, data, collector, offer }) => {
    const seen = cases.map(({ name }): Seen => ({ name, at: [], wrong: events }))
    sink.answer = ({ token, at }) => {
      const site = siteOf(token)
      return (cases[site] as Case).reply((seen[site] as Seen).at.push(at))
    }
    const ids: string[][] = []
    for (const [site] of cases.entries()) ids.push(await offer(events, domainOf(site)))
    const end = Date.now() + withinMs
    for (;;) {
      const { fates } = await read(data)
      for (const [site, { ends }] of cases.entries())
        (seen[site] as Seen).wrong = (ids[site] as string[]).filter((id) => fates.get(id) !== ends).length
      // What shall stay pending is looked at once it has been tried.
      if (seen.every(({ wrong, at }) => wrong === 0 && at.length > 0) || Date.now() > end) break
      await sleep(200)
    }
    peakMb = peakOf(collector.pid)
    return seen
  })
  return { ...judged, peakMb }
}

/** The most memory that a process has had, in MB. */
function peakOf(pid: number): number {
  return Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1_024
}

/** Says which cases ended otherwise, where somebody looks for them. */
export function wrong(seen: readonly Seen[]): number {
  const names = seen.filter((one) => one.wrong > 0).map(({ name }) => name)
  if (names.length > 0) console.log(`  ended otherwise: ${names.join(', ')}`)
  return names.length
}

/** The shortest time from a case's first request to its second, in seconds. */
export const gap = ({ at: [first = 0, second = Number.POSITIVE_INFINITY] }: Seen) => (second - first) / 1_000
