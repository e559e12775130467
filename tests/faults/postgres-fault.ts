// Knows how a PostgreSQL gets into trouble under load: two collectors, what their clients heard, and what became of it.

import { atMost, type Check, exactly, moreThan } from '../chaos/check.js'
import { startCollector, waitUntilDrained } from '../chaos/collector.js'
import { type Data, dataInPostgres, readStored } from '../chaos/data.js'
import { auditLedger, type Ledger, ledgerChecks } from '../chaos/ledger.js'
import { newId, send, startLoad } from '../chaos/load.js'
import { startSink } from '../chaos/sink.js'
import { type PostgresServer, startPostgres } from '../support/postgres.js'
import { sleep } from '../support/wait.js'

export interface FaultContext {
  postgres: PostgresServer
  data: Data
  /** The trouble may be a short one. */
  quick: boolean
  /** From now on this server holds the data. */
  moveTo(other: PostgresServer): void
}

export interface PostgresFaultOptions {
  quick: boolean
  /** What happens while events come; what it finds is added to the checks. */
  fault: (world: FaultContext) => Promise<Check[]>
  /** A way to the database that the trouble has in its hands. */
  through?: (postgres: PostgresServer) => Promise<string>
  settings?: string[]
  /** Of a copy without a defence. */
  main?: string
  /** Until 202 is heard from each collector once the trouble is over. */
  recoverMs?: number
  /** When nobody waits for that any longer. */
  giveUpMs?: number
}

export interface PostgresFaultResult {
  checks: Check[]
  lost: number
  answers: Map<number, number>
  /** How long it took until all was well. */
  recoveredMs: number
}

export async function runPostgresFault(options: PostgresFaultOptions): Promise<PostgresFaultResult> {
  const { fault, quick, through, settings, main, recoverMs = 5_000, giveUpMs = recoverMs * 4 } = options
  const postgres = await startPostgres({ ...(settings && { settings }) })
  const url = await postgres.database()
  const name = new URL(url).pathname.slice(1)
  let where = postgres
  const data: Data = { ...dataInPostgres(postgres, url), query: (sql) => where.query(sql, where.urlOf(name)) }
  if (through) {
    const way = new URL(url)
    way.host = await through(postgres)
    data.env.TAGFERRY_DATABASE_URL = way.href
  }
  const sink = await startSink()
  const ledger: Ledger = new Set()
  const start = () => startCollector({ data, sink, ...(main && { main }) })
  const collectors = await Promise.all([start(), start()])
  const loads = collectors.map(({ origin }) => startLoad({ origin, ledger, clients: 8, rate: 100 }))
  await sleep(300)
  const found = await fault({
    postgres,
    data,
    quick,
    moveTo: (other) => {
      where = other
    },
  })
  const began = Date.now()
  for (const { origin } of collectors) {
    while (Date.now() - began < giveUpMs) {
      if ((await send(origin, [newId()], ledger)).status === 202) break
      await sleep(50)
    }
  }
  const recoveredMs = Date.now() - began
  await sleep(300)
  await Promise.all(loads.map((load) => load.stop()))
  // What was claimed by a statement whose end nobody heard is due again when its lease ends.
  const { left } = await waitUntilDrained(data, main ? 0 : 75_000)
  const stored = await readStored(data)
  const codes = await Promise.all(collectors.map((collector) => collector.stop()))
  const { checks } = ledgerChecks(ledger, stored, sink.booked, sink.netDuplicates())
  const { lost } = auditLedger(ledger, stored, sink.booked)
  await sink.down()
  await where.stop()
  await postgres.stop()
  const answers = new Map<number, number>()
  for (const load of loads)
    for (const [status, times] of load.answers) answers.set(status, (answers.get(status) ?? 0) + times)
  const strange = [...answers].filter(([status]) => status !== 202 && status !== 503)
  return {
    lost: lost.length,
    answers,
    recoveredMs,
    checks: [
      ...checks,
      ...found,
      moreThan('answers of 202', answers.get(202) ?? 0, 0),
      exactly(
        'answers other than 202 and 503',
        strange.reduce((sum, [, times]) => sum + times, 0),
        0,
      ),
      atMost('ms until 202 from each once it is over', recoveredMs, recoverMs),
      exactly('undelivered at the end', left, 0),
      exactly('collectors that did not end with 0', codes.filter((code) => code !== 0).length, 0),
    ],
  }
}
