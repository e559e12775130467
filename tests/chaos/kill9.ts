// Kills a collector with SIGKILL at random times under load, again and again on the same data, and checks the ledger.
import { sleep, waitFor } from '../support/wait.js'
import { copyCollector } from './build-copy.js'
import { atMost, type Check, exactly, moreThan } from './check.js'
import { startCollector, waitUntilDrained } from './collector.js'
import { type Data, expireLeases, openData, readStored, type StoreKind } from './data.js'
import { auditLedger, type Ledger, ledgerChecks } from './ledger.js'
import { startLoad } from './load.js'
import { type Sink, startSink } from './sink.js'

export interface ExperimentOptions {
  rounds: number
  store: StoreKind
  /** Waits until the leases of killed collectors end, instead of ending them. */
  patient?: boolean
}

export async function kill9({ rounds, store, patient = false }: ExperimentOptions): Promise<Check[]> {
  const sink = await startSink()
  const data = await openData(store)
  const ledger: Ledger = new Set()
  const inFlight = await killRepeatedly(rounds, data, sink, ledger)
  if (!patient) await expireLeases(data)
  const collector = await startCollector({ data, sink })
  const { left } = await waitUntilDrained(data)
  const code = await collector.stop()
  const { checks, count } = ledgerChecks(ledger, await readStored(data), sink.booked, sink.netDuplicates())
  await sink.down()
  return [
    ...checks,
    moreThan('delivered', count.delivered, 0),
    exactly('undelivered at the end', left + count.failed + count.skipped, 0),
    atMost('extra sends (limit: what was in flight at the kills)', sink.extraSends(), inFlight),
    exactly('exit code of the last', code ?? -1, 0),
    await control(store),
  ]
}

/** @returns the number of events in the last request before each kill */
async function killRepeatedly(rounds: number, data: Data, sink: Sink, ledger: Ledger, main?: string) {
  let inFlight = 0
  let again: string[] = []
  for (let round = 0; round < rounds; round++) {
    const collector = await startCollector({ data, sink, ...(main && { main }) })
    const before = sink.batches.length
    const load = startLoad({ origin: collector.origin, ledger, again })
    await waitFor('the first answer', () => load.answers.size > 0)
    await sleep(50 + Math.random() * 200)
    await collector.kill()
    await load.stop()
    // A request may arrive after the death of its sender.
    await sleep(200)
    if (sink.batches.length > before) inFlight += sink.batches.at(-1)?.ids.length ?? 0
    again = [...again, ...load.unanswered]
  }
  return inFlight
}

/** If the answer comes before the commit, kills must lose events. */
async function control(store: StoreKind): Promise<Check> {
  const sink = await startSink()
  const ledger: Ledger = new Set()
  const main = copyCollector('commit')
  let lost = 0
  for (let round = 0; round < 5 && lost === 0; round++) {
    const data = await openData(store)
    await killRepeatedly(1, data, sink, ledger, main)
    lost += auditLedger(ledger, await readStored(data), sink.booked).lost.length
    ledger.clear()
  }
  await sink.down()
  return moreThan('control: lost when 202 comes before the commit', lost, 0)
}
