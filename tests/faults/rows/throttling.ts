// Knows the rows about how fast TikTok is asked again: throttled by its own wish, failing by the schedule.

import { copyCollector } from '../../chaos/build-copy.js'
import { atMost, type Check, exactly, moreThan } from '../../chaos/check.js'
import { waitUntilDrained } from '../../chaos/collector.js'
import type { Raw } from '../../chaos/sink.js'
import { sleep } from '../../support/wait.js'
import {
  type AnswerCase,
  countWrong,
  once,
  retryDelaySeconds,
  runAnswerCases,
  success,
} from '../answer-cases.js'
import { withFakeClock } from '../fake-clock.js'
import type { Context, Row } from '../row.js'
import { domainOf, runScenario } from '../scenario.js'

const hourMs = 3_600_000

const slowDown =
  (status: number, code: number, wish: string | undefined): Raw =>
  (response) => {
    response.writeHead(status, wish === undefined ? {} : { 'retry-after': wish })
    response.end(code === 0 ? 'slow down' : JSON.stringify({ code, message: 'Too many requests.' }))
  }

/** The wish, and the least seconds until the next request; a date has no fractions of a second. */
const wishes: [name: string, wish: () => string | undefined, leastSeconds: number][] = [
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
    wishes.map(
      ([name, wish]): AnswerCase => ({
        name: `${status} ${code}, ${name}`,
        reply: (nth) => (nth === 1 ? slowDown(status, code, wish()) : success),
        ends: 'delivered',
      }),
    ),
  )
  cases.push({ name: 'another site', reply: () => success, ends: 'delivered' })
  const { found, checks } = await runAnswerCases({ store, cases })
  const other = found.at(-1)?.at[0] ?? Number.POSITIVE_INFINITY
  const firsts = found.map(({ at }) => at[0] ?? 0)
  const early = found.slice(0, -1).filter((one, at) => {
    const least = (wishes[at % wishes.length] as (typeof wishes)[number])[2]
    // The collector counts from the answer, this from the request, each with whole milliseconds.
    return retryDelaySeconds(one) < least - 0.01
  })
  for (const one of early) console.log(`  too early: ${one.name} after ${retryDelaySeconds(one)} s`)
  const control = await runAnswerCases({
    store,
    cases: [{ name: 'control', reply: once(slowDown(429, 0, '5')), ends: 'delivered' }],
    main: copyCollector('wait'),
  })
  return [
    ...checks,
    ...(await anHour()),
    exactly('wishes after which events did not arrive', countWrong(found), 0),
    exactly('wishes that were not kept', early.length, 0),
    atMost('seconds that another site waited', (other - Math.min(...firsts)) / 1_000, 5),
    atMost('control: seconds when no wish is kept', retryDelaySeconds(control.found[0] as never), 1),
  ]
}

/** A wish of thirty years comes to an hour, also for events that arrive meanwhile. */
async function anHour(): Promise<Check[]> {
  const { found, checks } = await withFakeClock(async ({ sink, advance, offer, drained: done }) => {
    sink.answer = () => slowDown(429, 0, '1e9')
    await offer(2)
    while (sink.batches.length === 0) await sleep(20)
    await sleep(300)
    sink.answer = () => success
    advance(hourMs - 60_000)
    await offer(1)
    await sleep(1_500)
    const early = sink.batches.length - 1
    advance(61_000)
    await offer(1)
    return { early, left: await done() }
  })
  return [
    ...checks,
    exactly('requests 59 minutes after a wish of 1e9 s', found.early, 0),
    exactly('undelivered an hour after it', found.left, 0),
  ]
}

async function failing(context: Context, awayMs: number, main?: string) {
  const statuses = [500, 502, 503, 504]
  const setup = { store: context.store, sites: statuses.length, ...(main && { main }) }
  return runScenario(setup, async ({ sink, data, ledger, offer }) => {
    let down = false
    let again = 0
    let requests = 0
    sink.answer = ({ token, ids }) => {
      if (!down) return success
      again += ids.length
      requests++
      const status = statuses[Number(token.at(-1))] as number
      return (response) => response.writeHead(status).end('<html>trouble</html>')
    }
    const end = Date.now() + awayMs + 2_000
    while (Date.now() < end) {
      down = Date.now() > end - awayMs - 1_000 && Date.now() < end - 1_000
      for (const [site] of statuses.entries()) await offer(5, domainOf(site))
      await sleep(20)
    }
    down = false
    const { left } = await waitUntilDrained(data, 60_000)
    return { left, requests, extra: (again / ledger.size) * 100 }
  })
}

async function failures(context: Context): Promise<Check[]> {
  const { found, checks } = await failing(context, context.quick ? 4_000 : 15_000)
  const control = await failing(context, 2_000, copyCollector('wait'))
  return [
    ...checks,
    moreThan('requests that failed', found.requests, 3),
    exactly('undelivered at the end', found.left, 0),
    atMost('events sent in vain, in % of all', found.extra, 10),
    moreThan('control: the same in % when nothing waits', control.found.extra, 10),
  ]
}

export const row7: Row = { row: 7, name: 'throttled', run: throttles }
export const row8: Row = { row: 8, name: '500, 502, 503, 504', run: failures }
