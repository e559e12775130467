// Checks that a power cut loses no acknowledged event: a copy of the disk is read as after the next boot.
import { sleep, waitFor } from '../support/wait.js'
import { copyCollector } from './build-copy.js'
import { type Check, exactly, moreThan, type Skipped } from './check.js'
import { startCollector, waitUntilDrained } from './collector.js'
import { countPending, expireLeases, openData, readStored, type StoreKind } from './data.js'
import { mountImage, mountProblem } from './disk.js'
import { auditLedger, type Ledger, ledgerChecks } from './ledger.js'
import { startLoad } from './load.js'
import { cutPostgres } from './powercut-postgres.js'
import { startSink } from './sink.js'

export async function powercut({
  rounds,
  store,
}: {
  rounds: number
  store: StoreKind
}): Promise<Check[] | Skipped> {
  const problem = mountProblem()
  if (problem !== undefined) return { skipped: problem }
  const [cutOnce, safeguard, setting] =
    store === 'sqlite'
      ? ([cutSqlite, 'sync', 'synchronous=NORMAL'] as const)
      : ([cutPostgres, 'syncCommit', 'synchronous_commit=off'] as const)
  const found: Check[][] = []
  for (let round = 0; round < rounds; round++) found.push((await cutOnce()).checks)
  let lost = 0
  let acknowledged = 0
  for (let round = 0; round < 2; round++) {
    const control = await cutOnce(copyCollector(safeguard))
    lost += control.lost
    acknowledged += control.acknowledged
  }
  return [...sum(found), moreThan(`control: lost of ${acknowledged} with ${setting}`, lost, 0)]
}

/** Cuts the power once. Without `main`, a collector then delivers everything that the copy of the disk holds. */
async function cutSqlite(main?: string) {
  const sink = await startSink()
  const disk = mountImage(64)
  const ledger: Ledger = new Set()
  const collector = await startCollector({
    data: await openData('sqlite', disk.dir),
    sink,
    ...(main && { main }),
  })
  const load = startLoad({ origin: collector.origin, ledger })
  await waitFor('the first 202', () => ledger.size > 0)
  await sleep(400 + Math.random() * 800)
  process.kill(collector.pid, 'SIGSTOP')
  // Answers that were sent before are still on their way to the clients, and count as acknowledged.
  await sleep(100)
  const after = disk.cut()
  await collector.kill()
  await load.stop()
  disk.unmount()
  const data = await openData('sqlite', after.dir)
  const { lost } = auditLedger(ledger, await readStored(data), sink.booked)
  const checks: Check[] = main ? [] : await restart()
  after.unmount()
  disk.remove()
  await sink.down()
  return { checks, lost: lost.length, acknowledged: ledger.size }

  async function restart(): Promise<Check[]> {
    await expireLeases(data)
    const next = await startCollector({ data, sink }).catch((error: Error) => {
      console.log(`After the cut it did not start: ${error.message.split('It printed:')[1]?.trim()}`)
    })
    const { left } = next ? await waitUntilDrained(data) : { left: await countPending(data) }
    await next?.stop()
    const { checks } = ledgerChecks(ledger, await readStored(data), sink.booked, sink.netDuplicates())
    return [
      ...checks,
      exactly('lost before the restart', lost.length, 0),
      exactly('refused to start after the cut', next ? 0 : 1, 0),
      exactly('undelivered at the end', left, 0),
    ]
  }
}

/** Merges the checks of all rounds: one of each, with the sum of the values. */
function sum(rounds: Check[][]): Check[] {
  const [first = []] = rounds
  return first.map((check, at) => {
    const all = rounds.map((checks) => checks[at] as Check)
    if (check.name.startsWith('control')) return all.find(({ ok }) => !ok) ?? check
    return {
      ...check,
      value: all.reduce((total, { value }) => total + value, 0),
      ok: all.every(({ ok }) => ok),
    }
  })
}
