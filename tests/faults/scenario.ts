// Runs a fault scenario: a collector between clients and TikTok, a fault, and the checks of the ledger at the end.
import type { Check } from '../chaos/check.js'
import { startCollector } from '../chaos/collector.js'
import { type Data, openData, readStored, type StoreKind } from '../chaos/data.js'
import { type EventState, type Ledger, ledgerChecks } from '../chaos/ledger.js'
import { newId } from '../chaos/load.js'
import { type Sink, startSink } from '../chaos/sink.js'
import { postAsServer } from '../support/events.js'
import type { Program } from '../support/program.js'

export interface Scenario {
  sink: Sink
  data: Data
  ledger: Ledger
  collector: Program
  /** Restarts the collector on the same data, with further settings. */
  restart(env: Record<string, string>): Promise<void>
  /** Sends events of a site in one request; gives their ids. Throws unless all are accepted. */
  sendEvents(count: number, domain?: string): Promise<string[]>
}

export interface ScenarioOptions {
  store: StoreKind
  /** Number of sites; 1 by default. */
  sites?: number
  env?: Record<string, string>
  /** `main.js` of a copy without a safeguard. */
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
/** The site of a token. */
export const siteOf = (token: string) => Number(token.slice('token-'.length))

const keyOf = (domain: string) => `key-of-${domain}-0000000000`
const pixelOf = (site: number) => `CFAULT${String(site).padStart(14, '0')}`

/** Settings of a number of sites. @param over replaces keys of each site */
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

/** Sends events of a site in one request. @param over replaces keys of each event */
export async function sendEvents(
  origin: string,
  ledger: Ledger,
  count: number,
  domain = domainOf(0),
  over: object = {},
): Promise<string[]> {
  const events = Array.from({ length: count }, newId).map((id) => ({
    event: 'Purchase',
    event_id: id,
    user: { email: `${id}@example.com` },
    ...over,
  }))
  const { status, text, json } = await postAsServer(origin, keyOf(domain), events, { site: domain })
  if (status !== 202) throw new Error(`${count} events were answered ${status} ${text}`)
  const { ids } = json as { ids: string[] }
  for (const id of ids) ledger.add(id)
  return ids
}

/** @param act brings the fault, and gives what it found */
export async function runScenario<Found>(
  { store, sites = 1, env = {}, main }: ScenarioOptions,
  act: (scenario: Scenario) => Promise<Found>,
): Promise<ScenarioResult<Found>> {
  const sink = await startSink()
  const data = await openData(store)
  const ledger: Ledger = new Set()
  const start = (over: Record<string, string> = {}) =>
    startCollector({ data, sink, env: { ...sitesOf(sites), ...env, ...over }, ...(main && { main }) })
  const scenario: Scenario = {
    sink,
    data,
    ledger,
    collector: await start(),
    async restart(over) {
      await scenario.collector.stop()
      scenario.collector = await start(over)
    },
    sendEvents: (count, domain) => sendEvents(scenario.collector.origin, ledger, count, domain),
  }
  try {
    const found = await act(scenario)
    await scenario.collector.stop()
    const { checks, count } = ledgerChecks(ledger, await readStored(data), sink.booked, sink.netDuplicates())
    return { found, checks, count, sink }
  } catch (error) {
    console.error(scenario.collector.log().slice(-4_000))
    throw error
  } finally {
    await scenario.collector.stop()
    await sink.down()
  }
}

/** Number of attempts by outcome. @param since Unix milliseconds */
export async function attemptOutcomes(data: Data, since = 0): Promise<Record<string, number>> {
  const rows = await data.query<{ outcome: string; n: number | string }>(
    `select outcome, count(*) as n from attempts where at >= ${since} group by outcome`,
  )
  return Object.fromEntries(rows.map(({ outcome, n }) => [outcome, Number(n)]))
}
