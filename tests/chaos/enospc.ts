// Knows the proof that a full disk takes no promise: 503 while it is full, and events again once there is space.
import { call } from '../support/http.js'
import { sleep } from '../support/wait.js'
import { copyCollector } from './build-copy.js'
import { atMost, type Check, exactly, moreThan, type Skipped } from './check.js'
import { startCollector, waitUntilDrained } from './collector.js'
import { expireLeases, openData, readStored } from './data.js'
import { fill, mountProblem, mountTmpfs } from './disk.js'
import { sendUntilRefused, waitUntilNotReady } from './disk-full-cycle.js'
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
  const trouble = mountProblem()
  if (trouble !== undefined) return { skipped: trouble }
  if (store === 'postgres') return enospcPostgres(rounds, patient)
  const sink = await startSink()
  const disk = mountTmpfs(megabytes)
  const data = await openData('sqlite', disk.dir)
  const ledger: Ledger = new Set()
  const collector = await startCollector({ data, sink })
  await send(collector.origin, [newId()], ledger)
  const early = control()
  const found: Check[] = []
  for (let round = 0; round < rounds; round++) found.push(...(await cycle()))
  // What was claimed and could not be settled is due again when its lease ends.
  if (!patient) await expireLeases(data)
  const { left } = await waitUntilDrained(data, 90_000)
  const code = await collector.stop()
  const { checks } = ledgerChecks(ledger, await readStored(data), sink.booked, sink.netDuplicates())
  disk.unmount()
  await sink.down()
  return [
    ...found,
    ...checks,
    exactly('undelivered at the end', left, 0),
    exactly('exit code', code ?? -1, 0),
    await early,
  ]

  async function cycle(): Promise<Check[]> {
    const free = fill(disk, 1_000_000)
    const { refused, rest } = await sendUntilRefused(collector.origin, ledger)
    const noticedMs = await waitUntilNotReady(collector.origin)
    free()
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

/** With the answer given before the commit, a full disk must lose. */
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
