// Knows the proof that TikTok may be away: events are taken all the while, and all of them arrive afterwards.
import { sleep } from '../support/wait.js'
import { copyCollector } from './build-copy.js'
import { atMost, type Check, exactly, moreThan } from './check.js'
import { startCollector, waitUntilDrained } from './collector.js'
import { openData, readStored, type StoreKind } from './data.js'
import { type Ledger, ledgerChecks } from './ledger.js'
import { startLoad } from './load.js'
import { startSink } from './sink.js'

export interface OutageOptions {
  store: StoreKind
  /** How long TikTok is away. */
  awayMs?: number
  /** How long all may take to arrive afterwards. */
  withinS?: number
}

export async function outage({ store, awayMs = 5_000, withinS = 60 }: OutageOptions): Promise<Check[]> {
  const { checks, taken, refused, left, seconds, first, count } = await away(store, awayMs, withinS)
  const control = await away(store, 2_000, withinS, copyCollector('retry'))
  return [
    ...checks,
    moreThan('202 while TikTok was away', taken, 0),
    exactly('other answers', refused, 0),
    exactly('undelivered at the end', left + count.failed + count.skipped, 0),
    exactly('events in the first request afterwards', first, 1),
    atMost('seconds until all was delivered', seconds, withinS),
    moreThan('control: failed when nothing is sent again', control.count.failed, 0),
  ]
}

async function away(store: StoreKind, awayMs: number, withinS: number, main?: string) {
  const sink = await startSink()
  const data = await openData(store)
  const ledger: Ledger = new Set()
  const collector = await startCollector({ data, sink, ...(main && { main }) })
  const load = startLoad({ origin: collector.origin, ledger, rate: 400 })
  await sleep(500)
  await sink.down()
  const before = ledger.size
  await sleep(awayMs)
  const taken = ledger.size - before
  const requests = sink.batches.length
  await sink.up()
  await load.stop()
  const { left, seconds } = await waitUntilDrained(data, withinS * 1_000)
  await collector.stop()
  const { checks, count } = ledgerChecks(ledger, await readStored(data), sink.booked, sink.netDuplicates())
  await sink.down()
  const refused = [...load.answers].reduce((sum, [status, times]) => sum + (status === 202 ? 0 : times), 0)
  const first = sink.batches[requests]?.ids.length ?? 0
  return { checks, taken, refused, left, seconds, first, count }
}
