// Checks that SIGTERM under load loses no acknowledged event and ends in time, even while TikTok hangs.
import { sleep, waitFor } from '../support/wait.js'
import { copyCollector } from './build-copy.js'
import { type Check, exactly, fasterThan, moreThan, within } from './check.js'
import { startCollector } from './collector.js'
import { openData, readStored, type StoreKind } from './data.js'
import { type Ledger, ledgerChecks } from './ledger.js'
import { startLoad } from './load.js'
import { startSink } from './sink.js'

export async function drain({ rounds, store }: { rounds: number; store: StoreKind }): Promise<Check[]> {
  const found: Check[] = []
  const controlRun = terminate(store, true, copyCollector('deadlines'))
  for (let round = 0; round < rounds; round++) {
    for (const hangs of [false, true]) {
      const { checks, seconds, code, cutOff, requestsPerSecond } = await terminate(store, hangs)
      const when = hangs ? ' while TikTok hangs' : ''
      found.push(
        ...checks,
        fasterThan(`requests a second${when}`, Math.round(requestsPerSecond), 100),
        exactly(`exit code${when}`, code, 0),
        within(`seconds to the exit${when}`, seconds, 10),
        exactly(`stored, but the answer was cut off${when}`, cutOff, 0),
      )
    }
  }
  const control = await controlRun
  return [
    ...found,
    moreThan('control: seconds to the exit when nothing ends a hanging request', control.seconds, 8),
  ]
}

async function terminate(store: StoreKind, hangs: boolean, main?: string) {
  // The control only waits, and must not slow down what is measured.
  const rate = main ? 50 : 2_000
  const sink = await startSink()
  if (hangs) sink.answer = () => 'hang'
  const data = await openData(store)
  const ledger: Ledger = new Set()
  const collector = await startCollector({ data, sink, ...(main && { main }) })
  const load = startLoad({ origin: collector.origin, ledger, clients: 64, rate })
  await waitFor('the first 202', () => ledger.size > 0)
  const loadedAt = Date.now()
  await sleep(1_500)
  const requestsPerSecond = (ledger.size / (Date.now() - loadedAt)) * 1_000
  const stoppedAt = Date.now()
  const code = (await collector.stop()) ?? -1
  const seconds = (Date.now() - stoppedAt) / 1_000
  await load.stop()
  const stored = await readStored(data)
  const { checks } = ledgerChecks(ledger, stored, sink.booked, sink.netDuplicates())
  await sink.down()
  const cutOff = load.unanswered.filter((id) => stored.states.has(id)).length
  return { checks, seconds, code, cutOff, requestsPerSecond }
}
