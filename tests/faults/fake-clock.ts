// Runs a collector in this process under a clock that a test moves, on SQLite, whose leases use that clock.
import { randomUUID } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import { startCollector } from '../../collector/src/collector.js'
import { readConfig } from '../../collector/src/config/config.js'
import { readEnvironment } from '../../collector/src/config/env.js'
import { vendors } from '../../collector/src/vendors/index.js'
import { waitUntilDrained } from '../chaos/collector.js'
import { type Data, openData, readStored } from '../chaos/data.js'
import { type Ledger, ledgerChecks } from '../chaos/ledger.js'
import { type Sink, startSink } from '../chaos/sink.js'
import { sendEvents, sitesOf } from './scenario.js'

export interface ClockedSystem {
  sink: Sink
  data: Data
  /** Unix milliseconds of the collector. */
  now(): number
  /** Moves its clock. Timers are not moved, so that the next event makes it look at the clock. */
  advance(ms: number): void
  sendEvents(count: number, over?: object): Promise<string[]>
}

const root = (path: string) => new URL(`../../${path}`, import.meta.url)

/** Files of the collector, as main.ts finds them. */
const places = {
  migrations: fileURLToPath(root('collector/migrations')),
  data: fileURLToPath(root('collector/data')),
  scripts: fileURLToPath(root('snippet/dist')),
  statics: fileURLToPath(root('collector/dist/static')),
  sqliteWorker: root('collector/dist/sqlite-worker.js'),
}

/** @param act brings the fault, and gives what it found */
export async function withFakeClock<Found>(act: (system: ClockedSystem) => Promise<Found>) {
  const sink = await startSink()
  const data = await openData('sqlite')
  const ledger: Ledger = new Set()
  let offset = 0
  const clock = () => Date.now() + offset
  const { settings } = readEnvironment({ ...sitesOf(1), TAGFERRY_TIKTOK_URL: sink.origin })
  const read = readConfig([{ ...settings, port: 0, dataDir: data.dir, rateLimit: 'off' }], vendors)
  if (!read.ok) throw new Error(JSON.stringify(read.problems))
  const collector = await startCollector(read.config, {
    version: 'test',
    kinds: vendors,
    places,
    clock,
    // The monotonic clock moves too, so that waits end.
    uptime: () => performance.now() + offset,
    // The shortest delays, so that only the clock decides.
    random: () => 0,
    newId: randomUUID,
    log: { info() {}, warn() {}, error() {} },
  })
  try {
    const found = await act({
      sink,
      data,
      now: clock,
      advance(ms) {
        offset += ms
      },
      sendEvents: (count, over) => sendEvents(collector.url, ledger, count, undefined, over),
    })
    await collector.stop()
    const { checks, count } = ledgerChecks(ledger, await readStored(data), sink.booked, sink.netDuplicates())
    return { found, checks, count }
  } finally {
    await sink.down()
  }
}

/** Waits until nothing is pending; gives the number of pending deliveries. */
export const countUndelivered = async ({ data }: ClockedSystem): Promise<number> =>
  (await waitUntilDrained(data)).left
