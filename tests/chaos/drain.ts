// Knows the proof that SIGTERM under load loses nothing accepted and ends in time, also while TikTok hangs.
import { sleep, waitFor } from '../support/wait.js'
import { copyCollector } from './build-copy.js'
import { atMost, type Check, exactly, moreThan } from './check.js'
import { startCollector } from './collector.js'
import { openData, readStored, type StoreKind } from './data.js'
import { type Ledger, ledgerChecks } from './ledger.js'
import { startLoad } from './load.js'
import { startSink } from './sink.js'

export async function drain({ rounds, store }: { rounds: number; store: StoreKind }): Promise<Check[]> {
  const found: Check[] = []
  const waiting = terminate(store, true, copyCollector('cut'))
  for (let round = 0; round < rounds; round++) {
    for (const hangs of [false, true]) {
      const { checks, seconds, code, cutOff, reached } = await terminate(store, hangs)
      const under = hangs ? ' while TikTok hangs' : ''
      found.push(
        ...checks,
        moreThan(`requests a second${under}`, Math.round(reached), 100),
        exactly(`exit code${under}`, code, 0),
        atMost(`seconds to the exit${under}`, seconds, 10),
        exactly(`stored, but the answer was cut off${under}`, cutOff, 0),
      )
    }
  }
  const control = await waiting
  return [
    ...found,
    moreThan('control: seconds to the exit when nothing ends a hanging request', control.seconds, 8),
  ]
}

async function terminate(store: StoreKind, hangs: boolean, main?: string) {
  // The control only waits: it shall not take the machine from what is measured.
  const rate = main ? 50 : 2_000
  const sink = await startSink()
  if (hangs) sink.answer = () => 'hang'
  const data = await openData(store)
  const ledger: Ledger = new Set()
  const collector = await startCollector({ data, sink, ...(main && { main }) })
  const load = startLoad({ origin: collector.origin, ledger, clients: 64, rate })
  await waitFor('the load flows', () => ledger.size > 0)
  const started = Date.now()
  await sleep(1_500)
  const reached = (ledger.size / (Date.now() - started)) * 1_000
  const began = Date.now()
  const code = (await collector.stop()) ?? -1
  const seconds = (Date.now() - began) / 1_000
  await load.stop()
  const stored = await readStored(data)
  const { checks } = ledgerChecks(ledger, stored, sink.booked, sink.netDuplicates())
  await sink.down()
  const cutOff = load.unanswered.filter((id) => stored.fates.has(id)).length
  return { checks, seconds, code, cutOff, reached }
}
