// Runs a compared tool as a process that sends events at a steady rate. It can be killed, restarted and given new
// credentials, and in the end it returns what the tool reported about each event.
import { appendFileSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { startCollector, waitUntilDrained } from '../tests/chaos/collector.js'
import { openData, readStored } from '../tests/chaos/data.js'
import type { Ledger, Stored } from '../tests/chaos/ledger.js'
import { send } from '../tests/chaos/load.js'
import type { Sink } from '../tests/chaos/sink.js'
import { startProgram } from '../tests/support/program.js'
import { temporaryDir } from '../tests/support/temporary.js'
import { sleep } from './processes.js'

export interface Sender {
  kill(): Promise<void>
  restart(): Promise<void>
  /** Sets new credentials, if the tool supports it. */
  renewCredentials(): Promise<void>
  /** Resolves when all events are sent and delivered, or after the timeout. */
  end(): Promise<SenderReport>
}

export interface SenderReport {
  /** Events that the tool accepted: its call returned, or it answered 202. */
  sent: Ledger
  /** States reported by the tool; `failed` and `pending` events are stored and can be sent again. */
  stored: Stored
  /** Events reported as failed and dropped. */
  reportedFailed: Set<string>
}

export interface SenderOptions {
  sink: Sink
  ids: string[]
  /** Events a second. */
  rate: number
  /** Events in one request to the collector. */
  batchSize: number
}

/** Longer than the lease of 60 s, after which a new process can claim the deliveries of a killed one. */
const deliveryTimeoutMs = 70_000
const driver = fileURLToPath(new URL('./peers/driver.mjs', import.meta.url))

export async function startPeer(tool: string, { sink, ids, rate }: SenderOptions): Promise<Sender> {
  const reportFile = join(temporaryDir(), 'report')
  appendFileSync(reportFile, '')
  const reportedAs = (word: string) =>
    readFileSync(reportFile, 'utf8')
      .split('\n')
      .filter((line) => line.startsWith(`${word} `))
      .map((line) => line.slice(word.length + 1))
  const start = () => {
    const sent = new Set(reportedAs('sent'))
    const remaining = ids.filter((id) => !sent.has(id))
    return startProgram({
      argv: [driver, JSON.stringify({ tool, origin: sink.origin, file: reportFile, ids: remaining, rate })],
      env: { NODE_ENV: 'production' },
    })
  }
  let program = await start()
  return {
    kill: () => program.kill(),
    async restart() {
      program = await start()
    },
    async renewCredentials() {},
    async end() {
      const timer = setTimeout(program.kill, deliveryTimeoutMs)
      const code = await program.exited
      clearTimeout(timer)
      if (code !== 0) console.log(`${tool} ended with ${code}: ${program.log().slice(-500)}`)
      const states: Stored['states'] = new Map(reportedAs('delivered').map((id) => [id, 'delivered']))
      const stored = { states, integrity: 'ok' }
      return { sent: new Set(reportedAs('sent')), stored, reportedFailed: new Set(reportedAs('failed')) }
    },
  }
}

/** Starts the collector on SQLite. Events that are not answered 202 are sent again. @param main script of another build */
export async function startTagferry(
  { sink, ids, rate, batchSize }: SenderOptions,
  main?: string,
): Promise<Sender> {
  const data = await openData('sqlite')
  const options = { data, sink, ...(main && { main }) }
  let program = await startCollector(options)
  const sent: Ledger = new Set()
  const sending = (async () => {
    for (let at = 0; at < ids.length; at += batchSize) {
      const next = ids.slice(at, at + batchSize)
      while (next.some((id) => !sent.has(id))) {
        await send(program.origin, next, sent)
        await sleep((1_000 * batchSize) / rate)
      }
    }
  })()
  return {
    kill: () => program.kill(),
    async restart() {
      program = await startCollector(options)
    },
    async renewCredentials() {
      await program.stop()
      program = await startCollector({ ...options, token: 'a-new-token' })
    },
    async end() {
      await sending
      await waitUntilDrained(data, deliveryTimeoutMs)
      await program.stop()
      return { sent, stored: await readStored(data), reportedFailed: new Set() }
    },
  }
}
