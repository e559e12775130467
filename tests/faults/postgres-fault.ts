// Runs a fault of PostgreSQL under load, with two collectors, and checks answers, recovery and the ledger.
import { type Check, exactly, moreThan, within } from '../chaos/check.js'
import { startCollector, waitUntilDrained } from '../chaos/collector.js'
import { type Data, dataInPostgres, readStored } from '../chaos/data.js'
import { auditLedger, type Ledger, ledgerChecks } from '../chaos/ledger.js'
import { type Load, newId, send, startLoad } from '../chaos/load.js'
import { type Sink, startSink } from '../chaos/sink.js'
import { type PostgresServer, startPostgres } from '../support/postgres.js'
import type { Program } from '../support/program.js'
import { sleep } from '../support/wait.js'

export interface FaultContext {
  postgres: PostgresServer
  data: Data
  /** The fault may be a short one. */
  quick: boolean
  /** Tells that another server holds the data from now on. */
  moveTo(other: PostgresServer): void
}

export interface PostgresFaultOptions {
  quick: boolean
  /** Brings the fault; its checks are added to the result. */
  fault: (context: FaultContext) => Promise<Check[]>
  /** Starts a proxy to the database, over which the collectors connect; gives its host and port. */
  through?: (postgres: PostgresServer) => Promise<string>
  /** Settings of PostgreSQL. */
  settings?: string[]
  /** `main.js` of a copy without a safeguard. */
  main?: string
  /** Limit from the end of the fault to a 202 of each collector. */
  recoverMs?: number
  /** Time after which the wait for that ends. */
  giveUpMs?: number
}

export interface PostgresFaultResult {
  checks: Check[]
  lost: number
  /** Number of answers by status. */
  answers: Map<number, number>
  /** Milliseconds from the end of the fault to a 202 of each collector. */
  recoveredMs: number
}

interface Running {
  postgres: PostgresServer
  /** The server that holds the data now. */
  current: PostgresServer
  data: Data
  sink: Sink
  ledger: Ledger
  collectors: Program[]
  loads: Load[]
}

export async function runPostgresFault(options: PostgresFaultOptions): Promise<PostgresFaultResult> {
  const { fault, quick, main, recoverMs = 5_000, giveUpMs = recoverMs * 20 } = options
  const running = await startUnderLoad(options)
  const { postgres, data, sink, ledger, collectors, loads } = running
  const found = await fault({
    postgres,
    data,
    quick,
    moveTo(other) {
      running.current = other
    },
  })
  const recoveredMs = await recover(running, giveUpMs)
  await sleep(300)
  await Promise.all(loads.map((load) => load.stop()))
  // Deliveries of a claim whose answer was lost are due again when their lease ends.
  const { left } = await waitUntilDrained(data, main ? 0 : undefined)
  const stored = await readStored(data)
  const codes = await Promise.all(collectors.map((collector) => collector.stop()))
  const { checks } = ledgerChecks(ledger, stored, sink.booked, sink.netDuplicates())
  const { lost } = auditLedger(ledger, stored, sink.booked)
  await sink.down()
  await running.current.stop()
  await postgres.stop()
  const answers = sumAnswers(loads)
  const others = [...answers].filter(([status]) => status !== 202 && status !== 503)
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
        others.reduce((sum, [, times]) => sum + times, 0),
        0,
      ),
      within('ms until 202 from each once it is over', recoveredMs, recoverMs),
      exactly('undelivered at the end', left, 0),
      exactly('collectors that did not end with 0', codes.filter((code) => code !== 0).length, 0),
    ],
  }
}

async function startUnderLoad({ through, settings, main }: PostgresFaultOptions): Promise<Running> {
  const postgres = await startPostgres({ ...(settings && { settings }) })
  const url = await postgres.database()
  const name = new URL(url).pathname.slice(1)
  const data: Data = {
    ...dataInPostgres(postgres, url),
    query: (sql) => running.current.query(sql, running.current.urlOf(name)),
  }
  if (through) {
    const proxied = new URL(url)
    proxied.host = await through(postgres)
    data.env.TAGFERRY_DATABASE_URL = proxied.href
  }
  const sink = await startSink()
  const ledger: Ledger = new Set()
  const start = () => startCollector({ data, sink, ...(main && { main }) })
  const collectors = await Promise.all([start(), start()])
  const loads = collectors.map(({ origin }) => startLoad({ origin, ledger, clients: 8, rate: 100 }))
  const running: Running = { postgres, current: postgres, data, sink, ledger, collectors, loads }
  await sleep(300)
  return running
}

/** @returns milliseconds until each collector has answered 202 */
async function recover({ collectors, ledger }: Running, giveUpMs: number): Promise<number> {
  const startedAt = Date.now()
  for (const { origin } of collectors) {
    while (Date.now() - startedAt < giveUpMs) {
      if ((await send(origin, [newId()], ledger)).status === 202) break
      await sleep(50)
    }
  }
  return Date.now() - startedAt
}

function sumAnswers(loads: readonly Load[]): Map<number, number> {
  const answers = new Map<number, number>()
  for (const load of loads)
    for (const [status, times] of load.answers) answers.set(status, (answers.get(status) ?? 0) + times)
  return answers
}
