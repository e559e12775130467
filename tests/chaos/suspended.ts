// Suspends a collector beyond its lease: another one takes over, and the resumed one must settle nothing of it.
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

/** @param patient suspends for 90 s instead of ending the lease by hand */
export async function suspended({ patient = false }: { patient?: boolean }): Promise<Check[]> {
  const [found, control] = await Promise.all([
    suspendBeyondLease(patient),
    suspendBeyondLease(false, copyCollector('postgresFence')),
  ])
  return [
    ...found.checks,
    moreThan('control: settled by another if the lease is not compared', control.foreignSettlements, 0),
  ]
}

async function suspendBeyondLease(patient: boolean, main?: string) {
  const sink = await startSink()
  const data = await openData('postgres')
  const ledger: Ledger = new Set()
  const first = await addMember(data, sink, main)
  await installLeaseAudit(data)
  // The answer comes only after the collector is suspended.
  sink.delayMs = 3_000
  const ids = Array.from({ length: 500 }, newId)
  await send(first.origin, ids, ledger)
  await waitFor('the first request', () => sink.batches.length > 0)
  process.kill(first.pid, 'SIGSTOP')
  sink.delayMs = 0
  const second: Member = await addMember(data, sink, main)
  if (patient) await sleep(90_000)
  else {
    await sleep(3_200)
    await expireLeasesOf(data, [first.name])
  }
  await waitFor('the second takes over', () => lastBatchSize(sink, second) > 0)
  const { left } = await waitUntilDrained(data)
  process.kill(first.pid, 'SIGCONT')
  // It reads its answer, or ends the request at its deadline, and continues with new events.
  const settles = async () => (await readLeaseAudit(data)).foreignSettlements > 0
  const endsRequest = () => /not delivered|"settled":0/.test(first.log())
  await waitFor('the end of its request', main ? settles : endsRequest, 15_000).catch(() => {})
  const more = Array.from({ length: 5 }, newId)
  await send(first.origin, more, ledger)
  const after = await waitUntilDrained(data)
  const seen = await readLeaseAudit(data)
  const codes = [await first.stop(), await second.stop()]
  const { checks, count } = ledgerChecks(ledger, await readStored(data), sink.booked, sink.netDuplicates())
  await sink.down()
  return {
    foreignSettlements: seen.foreignSettlements,
    checks: [
      ...checks,
      ...leaseChecks(seen),
      exactly('rows taken over', seen.takenOver, ids.length),
      exactly('undelivered while one is suspended', left, 0),
      exactly('undelivered at the end', after.left + count.failed + count.skipped, 0),
      exactly('sends beyond one for each event', sink.extraSends(), ids.length),
      exactly('collectors that did not end with 0', codes.filter((code) => code !== 0).length, 0),
    ],
  }
}
