// Rows of the pace of repeated requests: TikTok's Retry-After after throttling, and the backoff after failures.

import { copyCollector } from '../../chaos/build-copy.js'
import { atMost, type Check, exactly, moreThan, within } from '../../chaos/check.js'
import { waitUntilDrained } from '../../chaos/collector.js'
import type { Raw } from '../../chaos/sink.js'
import { sleep, waitFor } from '../../support/wait.js'
import {
  type AnswerCase,
  countWrong,
  once,
  retryDelaySeconds,
  runAnswerCases,
  success,
} from '../answer-cases.js'
import { countUndelivered, withFakeClock } from '../fake-clock.js'
import type { Context, Row } from '../row.js'
import { attemptOutcomes, domainOf, runScenario } from '../scenario.js'

const hourMs = 3_600_000

const throttle =
  (status: number, code: number, retryAfter: string | undefined): Raw =>
  (response) => {
    response.writeHead(status, retryAfter === undefined ? {} : { 'retry-after': retryAfter })
    response.end(code === 0 ? 'slow down' : JSON.stringify({ code, message: 'Too many requests.' }))
  }

/** Values of Retry-After, and the least seconds until the next request. A date has no fractions of a second. */
const retryAfters: [name: string, value: () => string | undefined, leastSeconds: number][] = [
  ['none', () => undefined, 1],
  ['5', () => '5', 5],
  ['a date', () => new Date(Date.now() + 5_000).toUTCString(), 4],
  ['-1', () => '-1', 1],
  ['0', () => '0', 1],
  ['text', () => 'soon', 1],
  ['empty', () => '', 1],
]

async function throttles({ store }: Context): Promise<Check[]> {
  const kinds: [number, number][] = [
    [429, 0],
    [200, 40100],
    [200, 40016],
  ]
  const cases = kinds.flatMap(([status, code]) =>
    retryAfters.map(
      ([name, value]): AnswerCase => ({
        name: `${status} ${code}, ${name}`,
        reply: (nth) => (nth === 1 ? throttle(status, code, value()) : success),
        ends: 'delivered',
      }),
    ),
  )
  cases.push({ name: 'another site', reply: () => success, ends: 'delivered' })
  const { found, checks } = await runAnswerCases({ store, cases })
  const other = found.at(-1)?.at[0] ?? Number.POSITIVE_INFINITY
  const firsts = found.map(({ at }) => at[0] ?? 0)
  const early = found.slice(0, -1).filter((result, at) => {
    const [, , leastSeconds] = retryAfters[at % retryAfters.length] as (typeof retryAfters)[number]
    // The collector counts from the answer, this from the request, both in whole milliseconds.
    return retryDelaySeconds(result) < leastSeconds - 0.01
  })
  for (const result of early) console.log(`  too early: ${result.name} after ${retryDelaySeconds(result)} s`)
  const control = await runAnswerCases({
    store,
    cases: [{ name: 'control', reply: once(throttle(429, 0, '5')), ends: 'delivered' }],
    main: copyCollector('backoff'),
  })
  return [
    ...checks,
    ...(await limitedToAnHour()),
    exactly('values after which events did not arrive', countWrong(found), 0),
    exactly('requests before the end of Retry-After', early.length, 0),
    within('seconds that another site waited', (other - Math.min(...firsts)) / 1_000, 5),
    within('control: seconds without backoff', retryDelaySeconds(control.found[0] as never), 1),
  ]
}

/** A Retry-After of thirty years is limited to an hour, even for events that arrive meanwhile. */
async function limitedToAnHour(): Promise<Check[]> {
  const { found, checks } = await withFakeClock(async (system) => {
    const { sink, data, advance, sendEvents } = system
    sink.answer = () => throttle(429, 0, '1e9')
    await sendEvents(2)
    await waitFor('the outcome of the first request', async () => {
      const outcomes = await attemptOutcomes(data)
      return Object.keys(outcomes).length > 0
    })
    sink.answer = () => success
    advance(hourMs - 60_000)
    await sendEvents(1)
    await sleep(1_500)
    const early = sink.batches.length - 1
    advance(61_000)
    await sendEvents(1)
    return { early, left: await countUndelivered(system) }
  })
  return [
    ...checks,
    exactly('requests 59 minutes after a Retry-After of 1e9 s', found.early, 0),
    exactly('undelivered an hour after it', found.left, 0),
  ]
}

async function failFor(context: Context, failingMs: number, main?: string) {
  const statuses = [500, 502, 503, 504]
  const setup = { store: context.store, sites: statuses.length, ...(main && { main }) }
  return runScenario(setup, async ({ sink, data, ledger, sendEvents }) => {
    let isFailing = false
    let inVain = 0
    let requests = 0
    sink.answer = ({ token, ids }) => {
      if (!isFailing) return success
      inVain += ids.length
      requests++
      const status = statuses[Number(token.at(-1))] as number
      return (response) => response.writeHead(status).end('<html>error</html>')
    }
    const end = Date.now() + failingMs + 2_000
    while (Date.now() < end) {
      isFailing = Date.now() > end - failingMs - 1_000 && Date.now() < end - 1_000
      for (const [site] of statuses.entries()) await sendEvents(5, domainOf(site))
      await sleep(20)
    }
    isFailing = false
    const { left } = await waitUntilDrained(data)
    return { left, requests, percentInVain: (inVain / ledger.size) * 100 }
  })
}

async function failures(context: Context): Promise<Check[]> {
  const { found, checks } = await failFor(context, context.quick ? 4_000 : 15_000)
  const control = await failFor(context, 2_000, copyCollector('backoff'))
  return [
    ...checks,
    moreThan('requests that failed', found.requests, 3),
    exactly('undelivered at the end', found.left, 0),
    atMost('events sent in vain, in % of all', found.percentInVain, 10),
    moreThan('control: events sent in vain without backoff, in % of all', control.found.percentInVain, 10),
  ]
}

export const row7: Row = { row: 7, name: 'throttled', run: throttles }
export const row8: Row = { row: 8, name: '500, 502, 503, 504', run: failures }
