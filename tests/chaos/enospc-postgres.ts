// Knows the full disk of a whole PostgreSQL: its cluster lies on a small image; where it ends itself, its owner starts it again.
import { call } from '../support/http.js'
import { startPostgres } from '../support/postgres.js'
import { sleep } from '../support/wait.js'
import { copyCollector } from './build-copy.js'
import { atMost, type Check, exactly, moreThan } from './check.js'
import { startCollector, waitUntilDrained } from './collector.js'
import { dataInPostgres, expireLeases, readStored } from './data.js'
import { fill, mountImage } from './disk.js'
import { sendUntilRefused, waitUntilNotReady } from './disk-full-cycle.js'
import { auditLedger, type Ledger, ledgerChecks } from './ledger.js'
import { newId, send } from './load.js'
import { startSink } from './sink.js'

/** So that the log of a small disk is soon full. */
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
  const checks: Check[] = []
  for (let round = 0; round < rounds; round++) checks.push(...(await cycle()))
  if (!patient) await expireLeases(data)
  const { left } = await waitUntilDrained(data, main ? 0 : 90_000)
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

  async function cycle(): Promise<Check[]> {
    const free = fill(disk, 1_000_000)
    const { refused, rest } = await sendUntilRefused(collector.origin, ledger)
    const noticedMs = main ? 0 : await waitUntilNotReady(collector.origin)
    free()
    const alive = await postgres.query('select 1').then(
      () => true,
      () => false,
    )
    if (!alive) await postgres.server.start()
    const began = Date.now()
    for (;;) {
      const { status } = await send(collector.origin, [newId()], ledger)
      if (status === 202 || Date.now() - began > 20_000) break
      await sleep(50)
    }
    const recoveredMs = Date.now() - began
    await sleep(1_100)
    const ready = await call(collector.origin, { path: '/readyz' })
    return [
      moreThan('503 while the disk is full', refused, 0),
      exactly('503 without Retry-After, and other answers', rest, 0),
      atMost('ms until /readyz says 503', noticedMs, 12_000),
      atMost('ms until 202 once there is space', recoveredMs, 5_000),
      exactly('/readyz afterwards', ready.status, 200),
    ]
  }
}
