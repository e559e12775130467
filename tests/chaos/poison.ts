// Checks that one bad event of a batch fails alone, with TikTok's message, and that the others are delivered.
import { copyCollector } from './build-copy.js'
import { atMost, type Check, exactly, moreThan } from './check.js'
import { startCollector, waitUntilDrained } from './collector.js'
import { openData, readStored, type StoreKind } from './data.js'
import { type Ledger, ledgerChecks } from './ledger.js'
import { newId, send } from './load.js'
import { startSink } from './sink.js'

const message = 'Invalid value for the parameter currency'

interface Poison {
  /** How many of 1,000 events are bad. */
  bad: number
  /** Whether TikTok's message names the first of them by its index. */
  isNamed: boolean
  maxRequests: number
}

const kinds: Poison[] = [
  { bad: 1, isNamed: false, maxRequests: 21 },
  { bad: 1, isNamed: true, maxRequests: 3 },
  { bad: 50, isNamed: false, maxRequests: 485 },
]

export interface PoisonOptions {
  rounds: number
  store: StoreKind
  /** Leaves out the fifty bad events, which take hundreds of requests. */
  quick?: boolean
}

export async function poison({ rounds, store, quick = false }: PoisonOptions): Promise<Check[]> {
  const found: Check[] = []
  const controlRun = deliver(store, kinds[0] as Poison, copyCollector('halving'))
  for (let round = 0; round < rounds; round++) {
    for (const kind of quick ? kinds.slice(0, 2) : kinds) {
      const { bad, isNamed, maxRequests } = kind
      const { checks, count, requests, reasons } = await deliver(store, kind)
      const what = `${bad} bad of 1000${isNamed ? ', named' : ''}`
      const withMessage = reasons.filter((reason) => reason.endsWith(message)).length
      found.push(
        ...checks,
        exactly(`${what}: delivered`, count.delivered, 1_000 - bad),
        exactly(`${what}: failed`, count.failed, bad),
        exactly(`${what}: with TikTok's message`, withMessage, bad),
        atMost(`${what}: requests`, requests, maxRequests),
      )
    }
  }
  const control = await controlRun
  return [...found, moreThan('control: failed without splitting the batch', control.count.failed, 1)]
}

async function deliver(store: StoreKind, { bad, isNamed }: Poison, main?: string) {
  const sink = await startSink()
  const data = await openData(store)
  const ledger: Ledger = new Set()
  const collector = await startCollector({ data, sink, ...(main && { main }) })
  const ids = Array.from({ length: 1_000 }, newId)
  const badIds = new Set<string>()
  while (badIds.size < bad) badIds.add(ids[Math.floor(Math.random() * ids.length)] as string)
  sink.answer = (batch) => {
    const at = batch.ids.findIndex((id) => badIds.has(id))
    if (at < 0) return { code: 0 }
    return { code: 40002, message: `${isNamed ? `Batch.${at}.properties: ` : ''}${message}` }
  }
  const { status } = await send(collector.origin, ids, ledger, undefined, 120_000)
  if (status !== 202) throw new Error(`A thousand events were answered ${status}.`)
  await waitUntilDrained(data)
  await collector.stop()
  const { checks, count } = ledgerChecks(ledger, await readStored(data), sink.booked, sink.netDuplicates())
  const failed = await data.query<{ reason: string }>("select reason from deliveries where state = 'failed'")
  await sink.down()
  return { checks, count, requests: sink.batches.length, reasons: failed.map(({ reason }) => reason) }
}
