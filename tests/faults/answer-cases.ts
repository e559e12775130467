// Tries many answers of TikTok at once, each at a site of its own, so that none delays another.
import { readStored, type StoreKind } from '../chaos/data.js'
import type { EventState } from '../chaos/ledger.js'
import type { Reply } from '../chaos/sink.js'
import { peakMemoryMb } from '../support/program.js'
import { sleep } from '../support/wait.js'
import { domainOf, runScenario, type ScenarioResult, siteOf } from './scenario.js'

export interface AnswerCase {
  name: string
  /** TikTok's reply to the n-th request, counted from 1. */
  reply(nth: number): Reply
  /** State in which each event must end. */
  ends: EventState
}

export interface CaseResult {
  name: string
  /** Unix milliseconds of each request. */
  at: number[]
  /** How many events did not end in the expected state. */
  wrong: number
}

export const success: Reply = { code: 0 }
/** Replies to the first request, and with success to all later ones. */
export const once =
  (reply: Reply): AnswerCase['reply'] =>
  (nth) =>
    nth === 1 ? reply : success

export interface CasesOptions {
  store: StoreKind
  cases: AnswerCase[]
  /** Events of each case. */
  events?: number
  /** `main.js` of a copy without a safeguard. */
  main?: string
}

/** It only matters if an event never ends as expected. */
const limitMs = 180_000

/** Sends events to the site of each case, and waits until all have ended as expected. */
export async function runAnswerCases({
  store,
  cases,
  events = 2,
  main,
}: CasesOptions): Promise<ScenarioResult<CaseResult[]> & { peakMb: number }> {
  let peakMb = 0
  const setup = { store, sites: cases.length, ...(main && { main }) }
  const result = await runScenario(setup, async ({ sink, data, collector, sendEvents }) => {
    const results = cases.map(({ name }): CaseResult => ({ name, at: [], wrong: events }))
    sink.answer = ({ token, at }) => {
      const site = siteOf(token)
      return (cases[site] as AnswerCase).reply((results[site] as CaseResult).at.push(at))
    }
    const ids: string[][] = []
    for (const [site] of cases.entries()) ids.push(await sendEvents(events, domainOf(site)))
    for (const end = Date.now() + limitMs; Date.now() < end; await sleep(200)) {
      const { states } = await readStored(data)
      for (const [site, { ends }] of cases.entries()) {
        const wrong = (ids[site] as string[]).filter((id) => states.get(id) !== ends)
        ;(results[site] as CaseResult).wrong = wrong.length
      }
      // An event that must stay pending has been tried at least once.
      if (results.every(({ wrong, at }) => wrong === 0 && at.length > 0)) break
    }
    peakMb = peakMemoryMb(collector.pid)
    return results
  })
  return { ...result, peakMb }
}

/** Prints the cases that did not end as expected, and counts them. */
export function countWrong(results: readonly CaseResult[]): number {
  const names = results.filter(({ wrong }) => wrong > 0).map(({ name }) => name)
  if (names.length > 0) console.log(`  ended otherwise: ${names.join(', ')}`)
  return names.length
}

/** Seconds from the first request of a case to the second. */
export const retryDelaySeconds = ({ at: [first = 0, second = Number.POSITIVE_INFINITY] }: CaseResult) =>
  (second - first) / 1_000
