// Checks that a full disk breaks no promise: 503 while it is full, and 202 again once there is space.
import { copyCollector } from './build-copy.js'
import { type Check, exactly, moreThan, type Skipped } from './check.js'
import { startCollector, waitUntilDrained } from './collector.js'
import { expireLeases, openData, readStored } from './data.js'
import { fill, mountProblem, mountTmpfs } from './disk.js'
import { diskFullCycle } from './disk-full-cycle.js'
import { enospcPostgres } from './enospc-postgres.js'
import type { ExperimentOptions } from './kill9.js'
import { auditLedger, type Ledger, ledgerChecks } from './ledger.js'
import { newId, send } from './load.js'
import { startSink } from './sink.js'

const megabytes = 24

export async function enospc({
  rounds,
  store,
  patient = false,
}: ExperimentOptions): Promise<Check[] | Skipped> {
  const problem = mountProblem()
  if (problem !== undefined) return { skipped: problem }
  if (store === 'postgres') return enospcPostgres(rounds, patient)
  const sink = await startSink()
  const disk = mountTmpfs(megabytes)
  const data = await openData('sqlite', disk.dir)
  const ledger: Ledger = new Set()
  const collector = await startCollector({ data, sink })
  await send(collector.origin, [newId()], ledger)
  const controlRun = control()
  const found: Check[] = []
  for (let round = 0; round < rounds; round++)
    found.push(...(await diskFullCycle({ origin: collector.origin, disk, ledger })))
  // Deliveries that were claimed and could not be settled are due again when their lease ends.
  if (!patient) await expireLeases(data)
  const { left } = await waitUntilDrained(data)
  const code = await collector.stop()
  const { checks } = ledgerChecks(ledger, await readStored(data), sink.booked, sink.netDuplicates())
  disk.unmount()
  await sink.down()
  return [
    ...found,
    ...checks,
    exactly('undelivered at the end', left, 0),
    exactly('exit code', code ?? -1, 0),
    await controlRun,
  ]
}

/** If the answer comes before the commit, a full disk must lose events. */
async function control(): Promise<Check> {
  const sink = await startSink()
  const disk = mountTmpfs(megabytes)
  const data = await openData('sqlite', disk.dir)
  const ledger: Ledger = new Set()
  const collector = await startCollector({ data, sink, main: copyCollector('commit') })
  const free = fill(disk, 0)
  for (let sent = 0; sent < 500; sent++) await send(collector.origin, [newId()], ledger)
  await collector.kill()
  free()
  const { lost } = auditLedger(ledger, await readStored(data), sink.booked)
  disk.unmount()
  await sink.down()
  return moreThan('control: lost when 202 comes before the commit', lost.length, 0)
}
