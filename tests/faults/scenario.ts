// Knows the frame of a trial: a collector between its clients and TikTok, a fault, and at the end the ledger.

import type { Check } from '../chaos/check.js'
import { startCollector } from '../chaos/collector.js'
import { type Data, openData, readStored, type StoreKind } from '../chaos/data.js'
import { type EventState, type Ledger, ledgerChecks } from '../chaos/ledger.js'
import { newId } from '../chaos/load.js'
import { type Sink, startSink } from '../chaos/sink.js'
import { call } from '../support/http.js'
import type { Program } from '../support/program.js'
import { sleep } from '../support/wait.js'

export interface Scenario {
  sink: Sink
  data: Data
  ledger: Ledger
  collector: Program
  /** Starts it anew on the same data, with other settings laid over those of the trial. */
  restart(env: Record<string, string>): Promise<void>
  /** Sends so many events in one request; gives their ids, all of which were taken. */
  offer(count: number, domain?: string): Promise<string[]>
}

export interface ScenarioOptions {
  store: StoreKind
  /** Without it one site, the first of `sitesOf`. */
  sites?: number
  env?: Record<string, string>
  /** Of a copy without a defence. */
  main?: string
}

export interface ScenarioResult<Found> {
  found: Found
  checks: Check[]
  count: Record<EventState, number>
  sink: Sink
}

export const domainOf = (site: number) => `s${site}.example`
export const tokenOf = (site: number) => `token-${site}`
/** The site whose token this is. */
export const siteOf = (token: string) => Number(token.slice('token-'.length))

const keyOf = (domain: string) => `key-of-${domain}-0000000000`
const pixelOf = (site: number) => `CFAULT${String(site).padStart(14, '0')}`

/** The settings of so many sites. @param over replaces keys of each */
export function sitesOf(count: number, over: object = {}): Record<string, string> {
  const sites = Array.from({ length: count }, (_, site) => ({
    domain: domainOf(site),
    pixelCode: pixelOf(site),
    accessToken: tokenOf(site),
    ...over,
  }))
  const keys = sites.map(({ domain }) => ({ site: domain, key: keyOf(domain) }))
  return { TAGFERRY_SITES: JSON.stringify(sites), TAGFERRY_API_KEYS: JSON.stringify(keys) }
}

/** Sends so many events of a site in one request. @param over further keys of each */
export async function sendEvents(
  origin: string,
  ledger: Ledger,
  count: number,
  domain = domainOf(0),
  over: object = {},
): Promise<string[]> {
  const sent = Array.from({ length: count }, newId)
  const events = sent.map((id) => ({
    event: 'Purchase',
    event_id: id,
    user: { email: `${id}@example.com` },
    ...over,
  }))
  const { status, text, json } = await call(origin, {
    method: 'POST',
    path: '/v1/events',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${keyOf(domain)}` },
    body: { site: domain, events },
  })
  if (status !== 202) throw new Error(`${count} events were answered ${status} ${text}`)
  const { ids } = json as { ids: string[] }
  for (const id of ids) ledger.add(id)
  return ids
}

/** @param act brings the fault, and gives what it found */
export async function runScenario<Found>(
  { store, sites = 1, env = {}, main }: ScenarioOptions,
  act: (trial: Scenario) => Promise<Found>,
): Promise<ScenarioResult<Found>> {
  const sink = await startSink()
  const data = await openData(store)
  const ledger: Ledger = new Set()
  const start = (over: Record<string, string> = {}) =>
    startCollector({ data, sink, env: { ...sitesOf(sites), ...env, ...over }, ...(main && { main }) })
  const given: Scenario = {
    sink,
    data,
    ledger,
    collector: await start(),
    async restart(over) {
      await given.collector.stop()
      given.collector = await start(over)
    },
    offer: (count, domain) => sendEvents(given.collector.origin, ledger, count, domain),
  }
  try {
    const found = await act(given)
    await given.collector.stop()
    const { checks, count } = ledgerChecks(ledger, await readStored(data), sink.booked, sink.netDuplicates())
    return { found, checks, count, sink }
  } catch (error) {
    console.error(given.collector.log().slice(-4_000))
    throw error
  } finally {
    await given.collector.stop()
    await sink.down()
  }
}

/** The kinds of outcome that the log of attempts holds, and how often. */
export async function attemptOutcomes(data: Data, since = 0): Promise<Record<string, number>> {
  const rows = await data.query<{ outcome: string; n: number | string }>(
    `select outcome, count(*) as n from attempts where at >= ${since} group by outcome`,
  )
  return Object.fromEntries(rows.map(({ outcome, n }) => [outcome, Number(n)]))
}

/** Waits until it is so. */
export async function eventually(
  what: string,
  ask: () => Promise<boolean>,
  withinMs = 30_000,
): Promise<void> {
  const end = Date.now() + withinMs
  while (!(await ask())) {
    if (Date.now() > end) throw new Error(`${what}: not within ${withinMs} ms`)
    await sleep(100)
  }
}
