// Knows the proof that one bad event spoils no batch: 999 of 1,000 are delivered, the bad one says what TikTok said.

import { copyCollector } from './build-copy.js'
import { atMost, type Check, exactly, moreThan } from './check.js'
import { startCollector, waitUntilDrained } from './collector.js'
import { openData, readStored, type StoreKind } from './data.js'
import { type Ledger, ledgerChecks } from './ledger.js'
import { newId, send } from './load.js'
import { startSink } from './sink.js'

const said = 'Invalid value for the parameter currency'

interface Spoilt {
  /** How many of 1,000 are bad. */
  bad: number
  /** Whether TikTok's message names the first of them by its place. */
  named: boolean
  most: number
}

const kinds: Spoilt[] = [
  { bad: 1, named: false, most: 21 },
  { bad: 1, named: true, most: 3 },
  { bad: 50, named: false, most: 485 },
]

export interface PoisonOptions {
  rounds: number
  store: StoreKind
  /** Leaves out the fifty bad ones and their hundreds of requests. */
  quick?: boolean
}

export async function poison({ rounds, store, quick = false }: PoisonOptions): Promise<Check[]> {
  const found: Check[] = []
  const control = spoil(store, kinds[0] as Spoilt, copyCollector('halving'))
  for (let round = 0; round < rounds; round++) {
    for (const kind of quick ? kinds.slice(0, 2) : kinds) {
      const { bad, named, most } = kind
      const { checks, count, requests, reasons } = await spoil(store, kind)
      const what = `${bad} bad of 1000${named ? ', named' : ''}`
      found.push(
        ...checks,
        exactly(`${what}: delivered`, count.delivered, 1_000 - bad),
        exactly(`${what}: failed`, count.failed, bad),
        exactly(
          `${what}: with TikTok's message`,
          reasons.filter((reason) => reason.endsWith(said)).length,
          bad,
        ),
        atMost(`${what}: requests`, requests, most),
      )
    }
  }
  return [...found, moreThan('control: failed without parting the batch', (await control).count.failed, 1)]
}

async function spoil(store: StoreKind, { bad, named }: Spoilt, main?: string) {
  const sink = await startSink()
  const data = await openData(store)
  const ledger: Ledger = new Set()
  const collector = await startCollector({ data, sink, ...(main && { main }) })
  const ids = Array.from({ length: 1_000 }, newId)
  const culprits = new Set<string>()
  while (culprits.size < bad) culprits.add(ids[Math.floor(Math.random() * ids.length)] as string)
  sink.answer = (batch) => {
    const at = batch.ids.findIndex((id) => culprits.has(id))
    return at < 0
      ? { code: 0 }
      : { code: 40002, message: `${named ? `Batch.${at}.properties: ` : ''}${said}` }
  }
  const { status } = await send(collector.origin, ids, ledger)
  if (status !== 202) throw new Error(`A thousand events were answered ${status}.`)
  await waitUntilDrained(data, 30_000)
  await collector.stop()
  const { checks, count } = ledgerChecks(ledger, await readStored(data), sink.booked, sink.netDuplicates())
  const failed = await data.query<{ reason: string }>("select reason from deliveries where state = 'failed'")
  await sink.down()
  return { checks, count, requests: sink.batches.length, reasons: failed.map(({ reason }) => reason) }
}
