// Knows the proof that who sleeps over their lease loses it: another collector takes over, and the woken one writes nothing.
import { sleep, waitFor } from '../support/wait.js'
import { copyCollector } from './build-copy.js'
import { type Check, exactly, moreThan } from './check.js'
import { waitUntilDrained } from './collector.js'
import { openData, readStored } from './data.js'
import { addMember, lastBatchSize, type Member } from './fleet.js'
import { expireLeasesOf, installLeaseAudit, leaseChecks, readLeaseAudit } from './lease-audit.js'
import { type Ledger, ledgerChecks } from './ledger.js'
import { newId, send } from './load.js'
import { startSink } from './sink.js'

/** @param patient stops for 90 s instead of ending the lease by hand */
export async function suspended({ patient = false }: { patient?: boolean }): Promise<Check[]> {
  const [found, control] = await Promise.all([
    suspendBeyondLease(patient),
    suspendBeyondLease(false, copyCollector('fence')),
  ])
  return [
    ...found.checks,
    moreThan('control: settled by another where the token is not looked at', control.intrusions, 0),
  ]
}

async function suspendBeyondLease(patient: boolean, main?: string) {
  const sink = await startSink()
  const data = await openData('postgres')
  const ledger: Ledger = new Set()
  const sleeper = await addMember(data, sink, main)
  await installLeaseAudit(data)
  // Late enough that the sleeper cannot have read it before it is stopped.
  sink.delayMs = 1_000
  const ids = Array.from({ length: 500 }, newId)
  await send(sleeper.origin, ids, ledger)
  await waitFor('the sleeper sends', () => sink.batches.length > 0)
  process.kill(sleeper.pid, 'SIGSTOP')
  sink.delayMs = 0
  const other: Member = await addMember(data, sink, main)
  if (patient) await sleep(90_000)
  else {
    await sleep(1_200)
    await expireLeasesOf(data, [sleeper.name])
  }
  await waitFor('another takes over', () => lastBatchSize(sink, other) > 0, 20_000)
  const { left } = await waitUntilDrained(data, 20_000)
  process.kill(sleeper.pid, 'SIGCONT')
  // It hears its answer, or that its time is over, and goes on to new events.
  await waitFor(
    'the woken one writes down what it knows',
    () => (/not delivered|"settled":0/.test(sleeper.log()) ? true : undefined),
    1_500,
  ).catch(() => {})
  const more = Array.from({ length: 5 }, newId)
  await send(sleeper.origin, more, ledger)
  const after = await waitUntilDrained(data, 20_000)
  const seen = await readLeaseAudit(data)
  const codes = [await sleeper.stop(), await other.stop()]
  const { checks, count } = ledgerChecks(ledger, await readStored(data), sink.booked, sink.netDuplicates())
  await sink.down()
  return {
    intrusions: seen.foreignSettlements,
    checks: [
      ...checks,
      ...leaseChecks(seen),
      exactly('rows taken over', seen.takenOver, ids.length),
      exactly('undelivered while one sleeps', left, 0),
      exactly('undelivered at the end', after.left + count.failed + count.skipped, 0),
      exactly('sends beyond one for each event', sink.extraSends(), ids.length),
      exactly('collectors that did not end with 0', codes.filter((code) => code !== 0).length, 0),
    ],
  }
}
