// Knows how a tool runs while it is compared: a process that takes events at a steady pace, is killed, started
// again and given new credentials, and what it says of each event in the end.
import { appendFileSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { openData, read } from '../tests/chaos/data.js'
import type { Ledger, Stored } from '../tests/chaos/ledger.js'
import { send } from '../tests/chaos/load.js'
import type { Sink } from '../tests/chaos/sink.js'
import { drained, startCollector } from '../tests/chaos/system.js'
import { startProgram } from '../tests/support/program.js'
import { temporaryDir } from '../tests/support/temporary.js'
import { sleep } from './processes.js'

export interface Sender {
  kill(): Promise<void>
  restart(): Promise<void>
  /** New credentials, where the tool takes them. */
  renew(): Promise<void>
  /** Resolves when all is sent and the tool has had its time to deliver. */
  end(): Promise<Testimony>
}

export interface Testimony {
  /** What the tool has taken: its call returned, or it answered 202. */
  sent: Ledger
  /** Its own word; `failed` and `pending` are kept and can be sent again. */
  stored: Stored
  /** What it reported as failed and threw away. */
  reported: Set<string>
}

export interface SenderOptions {
  sink: Sink
  ids: string[]
  /** Events a second. */
  rate: number
  /** How many go to the collector in one request. */
  together: number
}

/** Beyond a lease of 60 s, after which a new process takes up what a killed one had in hand. */
const patienceMs = 70_000
const driver = fileURLToPath(new URL('./peers/driver.mjs', import.meta.url))

export async function startPeer(tool: string, { sink, ids, rate }: SenderOptions): Promise<Sender> {
  const file = join(temporaryDir(), 'said')
  appendFileSync(file, '')
  const said = (word: string) =>
    readFileSync(file, 'utf8')
      .split('\n')
      .filter((line) => line.startsWith(`${word} `))
      .map((line) => line.slice(word.length + 1))
  const start = () => {
    const sent = new Set(said('sent'))
    const left = ids.filter((id) => !sent.has(id))
    return startProgram({
      argv: [driver, JSON.stringify({ tool, origin: sink.origin, file, ids: left, rate })],
      env: { NODE_ENV: 'production' },
    })
  }
  let program = await start()
  return {
    kill: () => program.kill(),
    async restart() {
      program = await start()
    },
    async renew() {},
    async end() {
      const timer = setTimeout(program.kill, patienceMs)
      const code = await program.exited
      clearTimeout(timer)
      if (code !== 0) console.log(`${tool} ended with ${code}: ${program.log().slice(-500)}`)
      const fates: Stored['fates'] = new Map(said('delivered').map((id) => [id, 'delivered']))
      const stored = { fates, integrity: 'ok' }
      return { sent: new Set(said('sent')), stored, reported: new Set(said('failed')) }
    },
  }
}

/** The collector on SQLite; an event that it does not answer with 202 is sent again. @param main of a copy */
export async function startTagferry(
  { sink, ids, rate, together }: SenderOptions,
  main?: string,
): Promise<Sender> {
  const data = await openData('sqlite')
  const options = { data, sink, ...(main && { main }) }
  let program = await startCollector(options)
  const sent: Ledger = new Set()
  const all = (async () => {
    for (let at = 0; at < ids.length; at += together) {
      const next = ids.slice(at, at + together)
      while (next.some((id) => !sent.has(id))) {
        await send(program.origin, next, sent)
        await sleep((1_000 * together) / rate)
      }
    }
  })()
  return {
    kill: () => program.kill(),
    async restart() {
      program = await startCollector(options)
    },
    async renew() {
      await program.stop()
      program = await startCollector({ ...options, token: 'a-new-token' })
    },
    async end() {
      await all
      await drained(data, patienceMs)
      await program.stop()
      return { sent, stored: await read(data), reported: new Set() }
    },
  }
}
