// Knows how many answers of TikTok are tried at once: each at a site of its own, so that none delays another.

import { readFileSync } from 'node:fs'
import { readStored, type StoreKind } from '../chaos/data.js'
import type { EventState } from '../chaos/ledger.js'
import type { Reply } from '../chaos/sink.js'
import { sleep } from '../support/wait.js'
import { domainOf, runScenario, type ScenarioResult, siteOf } from './scenario.js'

export interface AnswerCase {
  name: string
  /** What TikTok says to the n-th request, from 1. */
  reply(nth: number): Reply
  /** How each event must end. */
  ends: EventState
}

export interface CaseResult {
  name: string
  /** When each request came, Unix milliseconds. */
  at: number[]
  /** How many of the events did not end as they must. */
  wrong: number
}

export const success: Reply = { code: 0 }
/** Says it once, and from then on that all is well. */
export const once =
  (reply: Reply): AnswerCase['reply'] =>
  (nth) =>
    nth === 1 ? reply : success

export interface CasesOptions {
  store: StoreKind
  cases: AnswerCase[]
  /** Events of each case. */
  events?: number
  main?: string
  withinMs?: number
}

/** Offers events to each case's site and waits until all ended as they must, or the time is over. */
export async function runAnswerCases({
  store,
  cases,
  events = 2,
  main,
  withinMs = 30_000,
}: CasesOptions): Promise<ScenarioResult<CaseResult[]> & { peakMb: number }> {
  let peakMb = 0
  const setup = { store, sites: cases.length, ...(main && { main }) }
  const judged = await runScenario(setup, async ({ sink, data, collector, offer }) => {
    const seen = cases.map(({ name }): CaseResult => ({ name, at: [], wrong: events }))
    sink.answer = ({ token, at }) => {
      const site = siteOf(token)
      return (cases[site] as AnswerCase).reply((seen[site] as CaseResult).at.push(at))
    }
    const ids: string[][] = []
    for (const [site] of cases.entries()) ids.push(await offer(events, domainOf(site)))
    const end = Date.now() + withinMs
    for (;;) {
      const { fates } = await readStored(data)
      for (const [site, { ends }] of cases.entries())
        (seen[site] as CaseResult).wrong = (ids[site] as string[]).filter(
          (id) => fates.get(id) !== ends,
        ).length
      // What shall stay pending is looked at once it has been tried.
      if (seen.every(({ wrong, at }) => wrong === 0 && at.length > 0) || Date.now() > end) break
      await sleep(200)
    }
    peakMb = peakMemoryMb(collector.pid)
    return seen
  })
  return { ...judged, peakMb }
}

/** The most memory that a process has had, in MB. */
function peakMemoryMb(pid: number): number {
  return Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1_024
}

/** Says which cases ended otherwise, where somebody looks for them. */
export function countWrong(seen: readonly CaseResult[]): number {
  const names = seen.filter((one) => one.wrong > 0).map(({ name }) => name)
  if (names.length > 0) console.log(`  ended otherwise: ${names.join(', ')}`)
  return names.length
}

/** The shortest time from a case's first request to its second, in seconds. */
export const retryDelaySeconds = ({ at: [first = 0, second = Number.POSITIVE_INFINITY] }: CaseResult) =>
  (second - first) / 1_000
