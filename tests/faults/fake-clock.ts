// Knows how a collector runs under a clock that a test moves: in this process, on SQLite, whose leases are by it.

import { randomUUID } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import { startCollector } from '../../collector/src/collector.js'
import { readConfig } from '../../collector/src/config/config.js'
import { readEnvironment } from '../../collector/src/config/env.js'
import { vendors } from '../../collector/src/vendors/index.js'
import { countPending, type Data, openData, readStored } from '../chaos/data.js'
import { type Ledger, ledgerChecks } from '../chaos/ledger.js'
import { type Sink, startSink } from '../chaos/sink.js'
import { sleep } from '../support/wait.js'
import { sendEvents, sitesOf } from './scenario.js'

export interface ClockedSystem {
  sink: Sink
  data: Data
  /** Unix milliseconds of the collector. */
  now(): number
  /** Moves its clock; timers stay, so that only the next event makes it look. */
  advance(ms: number): void
  offer(count: number, over?: object): Promise<string[]>
  /** Waits until nothing is pending; gives how much is. */
  drained(): Promise<number>
}

const root = (path: string) => new URL(`../../${path}`, import.meta.url)

export async function withFakeClock<Found>(act: (given: ClockedSystem) => Promise<Found>) {
  const sink = await startSink()
  const data = await openData('sqlite')
  const ledger: Ledger = new Set()
  let offset = 0
  const clock = () => Date.now() + offset
  const { settings } = readEnvironment({ ...sitesOf(1), TAGFERRY_TIKTOK_URL: sink.origin })
  const taken = readConfig([{ ...settings, port: 0, dataDir: data.dir, rateLimit: 'off' }], vendors)
  if (!taken.ok) throw new Error(JSON.stringify(taken.problems))
  const collector = await startCollector(taken.config, {
    version: 'test',
    kinds: vendors,
    places: {
      migrations: fileURLToPath(root('collector/migrations')),
      data: fileURLToPath(root('collector/data')),
      scripts: fileURLToPath(root('snippet/dist')),
      statics: fileURLToPath(root('collector/dist/static')),
      sqliteWorker: root('collector/dist/sqlite-worker.js'),
    },
    clock,
    // No clock change moves the real one. Here it moves too, so that waits end.
    uptime: () => performance.now() + offset,
    // The shortest waits, so that only the clock decides.
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
      offer: (count, over) => sendEvents(collector.url, ledger, count, undefined, over),
      async drained() {
        for (let tries = 0; tries < 100 && (await countPending(data)) > 0; tries++) await sleep(100)
        return countPending(data)
      },
    })
    await collector.stop()
    const { checks, count } = ledgerChecks(ledger, await readStored(data), sink.booked, sink.netDuplicates())
    return { found, checks, count }
  } finally {
    await sink.down()
  }
}
