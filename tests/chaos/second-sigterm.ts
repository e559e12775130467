// Checks that a second SIGTERM ends the collector at once, even while TikTok hangs.
import { acceptsConnections } from '../support/port.js'
import { waitFor } from '../support/wait.js'
import { type Check, exactly, within } from './check.js'
import { startCollector } from './collector.js'
import { openData, readStored, type StoreKind } from './data.js'
import { type Ledger, ledgerChecks } from './ledger.js'
import { newId, send } from './load.js'
import { startSink } from './sink.js'

export async function secondSigterm(store: StoreKind): Promise<Check[]> {
  const sink = await startSink()
  sink.answer = () => 'hang'
  const data = await openData(store)
  const ledger: Ledger = new Set()
  const collector = await startCollector({ data, sink })
  await send(collector.origin, [newId()], ledger)
  await waitFor('a hanging request', () => sink.batches.length > 0)
  process.kill(collector.pid, 'SIGTERM')
  const port = Number(new URL(collector.origin).port)
  await waitFor('the end of listening', async () => !(await acceptsConnections(port)))
  const signalledAt = Date.now()
  process.kill(collector.pid, 'SIGTERM')
  const code = await collector.exited
  const ms = Date.now() - signalledAt
  const { checks } = ledgerChecks(ledger, await readStored(data), sink.booked, sink.netDuplicates())
  await sink.down()
  return [
    ...checks,
    exactly('exit code of a second SIGTERM', code ?? -1, 1),
    within('ms from the second SIGTERM to the exit', ms, 1_500),
  ]
}
