// Fills the disk of a whole PostgreSQL cluster on a small image. If PostgreSQL ends, it is started again, as its owner would.
import { startPostgres } from '../support/postgres.js'
import { copyCollector } from './build-copy.js'
import { type Check, exactly, moreThan } from './check.js'
import { startCollector, waitUntilDrained } from './collector.js'
import { dataInPostgres, expireLeases, readStored } from './data.js'
import { mountImage } from './disk.js'
import { diskFullCycle } from './disk-full-cycle.js'
import { auditLedger, type Ledger, ledgerChecks } from './ledger.js'
import { newId, send } from './load.js'
import { startSink } from './sink.js'

/** Make the write-ahead log of a small disk full soon. */
const settings = ['max_wal_size=48MB', 'min_wal_size=32MB']

export async function enospcPostgres(rounds: number, patient: boolean): Promise<Check[]> {
  const found = await fillDisk(rounds, patient)
  const control = await fillDisk(1, patient, copyCollector('commit'))
  return [...found.checks, moreThan('control: lost when 202 comes before the commit', control.lost, 0)]
}

async function fillDisk(rounds: number, patient: boolean, main?: string) {
  const disk = mountImage(200)
  const postgres = await startPostgres({ dir: disk.dir, settings })
  const data = dataInPostgres(postgres, await postgres.database())
  const sink = await startSink()
  const ledger: Ledger = new Set()
  const collector = await startCollector({ data, sink, ...(main && { main }) })
  await send(collector.origin, [newId()], ledger)
  const restartIfEnded = async () => {
    const isRunning = await postgres.query('select 1').then(
      () => true,
      () => false,
    )
    if (!isRunning) await postgres.server.start()
  }
  const cycle = {
    origin: collector.origin,
    disk,
    ledger,
    isControl: main !== undefined,
    afterFree: restartIfEnded,
  }
  const checks: Check[] = []
  for (let round = 0; round < rounds; round++) checks.push(...(await diskFullCycle(cycle)))
  if (!patient) await expireLeases(data)
  const { left } = await waitUntilDrained(data, main ? 0 : undefined)
  const code = await collector.stop()
  const stored = await readStored(data)
  const { lost } = auditLedger(ledger, stored, sink.booked)
  checks.push(
    ...ledgerChecks(ledger, stored, sink.booked, sink.netDuplicates()).checks,
    exactly('undelivered at the end', left, 0),
    exactly('exit code', code ?? -1, 0),
  )
  await postgres.stop()
  disk.unmount()
  disk.remove()
  await sink.down()
  return { checks, lost: lost.length }
}
