// Checks that events are accepted while TikTok is down, and that all of them are delivered afterwards.
import { sleep, waitFor } from '../support/wait.js'
import { copyCollector } from './build-copy.js'
import { type Check, exactly, moreThan, within } from './check.js'
import { startCollector, waitUntilDrained } from './collector.js'
import { openData, readStored, type StoreKind } from './data.js'
import { type Ledger, ledgerChecks } from './ledger.js'
import { startLoad } from './load.js'
import { startSink } from './sink.js'

export interface OutageOptions {
  store: StoreKind
  /** Length of the outage. */
  downMs?: number
  /** Limit for the deliveries afterwards. */
  withinS?: number
}

export async function outage({ store, downMs = 5_000, withinS = 60 }: OutageOptions): Promise<Check[]> {
  const { checks, accepted, refused, left, seconds, first, count } = await takeDown(store, downMs)
  const control = await takeDown(store, 2_000, copyCollector('retry'))
  return [
    ...checks,
    moreThan('202 while TikTok was down', accepted, 0),
    exactly('other answers', refused, 0),
    exactly('undelivered at the end', left + count.failed + count.skipped, 0),
    exactly('events in the first request afterwards', first, 1),
    within('seconds until all was delivered', seconds, withinS),
    moreThan('control: failed when nothing is sent again', control.count.failed, 0),
  ]
}

async function takeDown(store: StoreKind, downMs: number, main?: string) {
  const sink = await startSink()
  const data = await openData(store)
  const ledger: Ledger = new Set()
  const collector = await startCollector({ data, sink, ...(main && { main }) })
  const load = startLoad({ origin: collector.origin, ledger, rate: 400 })
  await waitFor('the first delivery', () => sink.booked.size > 0)
  await sink.down()
  const before = ledger.size
  await sleep(downMs)
  const accepted = ledger.size - before
  const requests = sink.batches.length
  await sink.up()
  await load.stop()
  const { left, seconds } = await waitUntilDrained(data)
  await collector.stop()
  const { checks, count } = ledgerChecks(ledger, await readStored(data), sink.booked, sink.netDuplicates())
  await sink.down()
  const refused = [...load.answers].reduce((sum, [status, times]) => sum + (status === 202 ? 0 : times), 0)
  const first = sink.batches[requests]?.ids.length ?? 0
  return { checks, accepted, refused, left, seconds, first, count }
}
