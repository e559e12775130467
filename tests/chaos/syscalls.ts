// Injects faults into system calls: a kill at the K-th write or sync, a failed sync, and a failed write.
import { sleep } from '../support/wait.js'
import { copyCollector } from './build-copy.js'
import { type Check, exactly, moreThan, type Skipped } from './check.js'
import { startCollector } from './collector.js'
import { openData, readStored, type StoreKind } from './data.js'
import { auditLedger, type Ledger, ledgerChecks } from './ledger.js'
import { newId, send } from './load.js'
import { startSink } from './sink.js'
import { straceProblem, trace } from './strace.js'

export async function syscalls({
  rounds,
  store,
}: {
  rounds: number
  store: StoreKind
}): Promise<Check[] | Skipped> {
  const problem = straceProblem()
  if (problem !== undefined) return { skipped: problem }
  if (store === 'postgres') return { skipped: 'the system calls of PostgreSQL are not under test' }
  return [...(await kills(rounds)), ...(await failedSync()), ...(await fullDisk())]
}

export async function kills(rounds: number): Promise<Check[]> {
  const { calls } = await script()
  const writes = calls.filter((call) => call === 'pwrite64').length
  const syncs = calls.length - writes
  let killed = 0
  let acknowledged = 0
  let lost = 0
  let broken = 0
  for (let round = 0; round < rounds; round++) {
    // Every fourth kill happens at a sync.
    const [call, count] = round % 4 === 3 ? ['fsync,fdatasync', syncs] : ['pwrite64', writes]
    const k = 1 + Math.floor(Math.random() * (count as number) * 0.9)
    const run = await script({ inject: `${call}:signal=KILL:when=${k}` })
    if (run.answers.includes(0)) killed++
    acknowledged += run.acknowledged
    lost += run.lost
    broken += run.integrity === 'ok' ? 0 : 1
  }
  const withoutCommit = copyCollector('commit')
  let control = 0
  for (const k of [3, 9, 27])
    control += (await script({ inject: `pwrite64:signal=KILL:when=${k}`, main: withoutCommit })).lost
  return [
    moreThan('writes of a clean run', writes, 0),
    moreThan('syncs of a clean run', syncs, 0),
    moreThan('killed at a write or sync', killed, 0),
    moreThan('acknowledged before the kills', acknowledged, 0),
    exactly('lost', lost, 0),
    exactly('database errors', broken, 0),
    moreThan('control: lost when 202 comes before the commit', control, 0),
  ]
}

/** The third sync fails. After that no other sync can be trusted: https://wiki.postgresql.org/wiki/Fsync_Errors */
export async function failedSync(): Promise<Check[]> {
  const { answers, code, lost, integrity } = await script({ inject: 'fsync,fdatasync:error=EIO:when=3' })
  return [
    moreThan('503 after a failed sync', answers.filter((status) => status === 503).length, 0),
    moreThan('exit code after a failed sync (-1: by a signal)', code ?? -1, 0),
    exactly('202 after a failed sync that are lost', lost, 0),
    exactly('database errors after it', integrity === 'ok' ? 0 : 1, 0),
  ]
}

async function fullDisk(): Promise<Check[]> {
  const { answers, lost, integrity } = await script({ inject: 'pwrite64:error=ENOSPC:when=10..20' })
  return [
    moreThan('503 when writes find no space', answers.filter((status) => status === 503).length, 0),
    exactly('202 meanwhile that are lost', lost, 0),
    exactly('last answer, once there is space', answers.at(-1) ?? 0, 202),
    exactly('database errors after it', integrity === 'ok' ? 0 : 1, 0),
  ]
}

/** One run: up to 1,000 events in 40 requests, one after the other, which are delivered meanwhile. */
async function script({ inject, main }: { inject?: string; main?: string } = {}) {
  const sink = await startSink()
  const data = await openData('sqlite')
  const ledger: Ledger = new Set()
  const collector = await startCollector({ data, sink, ...(main && { main }) })
  const traced = await trace(collector.pid, inject)
  const answers: number[] = []
  for (let sent = 0; sent < 40 && answers.at(-1) !== 0; sent++) {
    const ids = Array.from({ length: 25 }, newId)
    answers.push((await send(collector.origin, ids, ledger)).status)
  }
  // After a failed sync the collector exits on its own.
  const exited = await Promise.race([collector.exited, sleep(inject?.includes('EIO') ? 5_000 : 0)])
  if (exited === undefined) await collector.stop()
  await traced.ended
  const stored = await readStored(data)
  const { lost } = auditLedger(ledger, stored, sink.booked)
  const { checks } = ledgerChecks(ledger, stored, sink.booked, sink.netDuplicates())
  await sink.down()
  const duplicates = checks.find(({ name }) => name === 'net duplicates')?.value ?? 0
  return {
    answers,
    code: exited ?? undefined,
    calls: traced.calls(),
    acknowledged: ledger.size,
    lost: lost.length + duplicates,
    integrity: stored.integrity,
  }
}
