// Checks that collectors on one PostgreSQL share the work: one claims a row at a time, even over kills and pauses.
import { sleep, waitFor } from '../support/wait.js'
import { copyCollector } from './build-copy.js'
import { atMost, type Check, exactly, moreThan, within } from './check.js'
import { waitUntilDrained } from './collector.js'
import { type Data, openData, readStored } from './data.js'
import { addMember, countAmbiguous, lastBatchSize, type Member } from './fleet.js'
import type { ExperimentOptions } from './kill9.js'
import { expireLeasesOf, installLeaseAudit, leaseChecks, readLeaseAudit } from './lease-audit.js'
import { type Ledger, ledgerChecks } from './ledger.js'
import { newId, send } from './load.js'
import { type Sink, startSink } from './sink.js'

export interface RaceOptions extends Omit<ExperimentOptions, 'store'> {
  /** Collectors. */
  n?: number
  events?: number
}

const perRequest = 100

export async function race({
  rounds,
  patient = false,
  n = 4,
  events = 20_000,
}: RaceOptions): Promise<Check[]> {
  // Without kills, so that a row that is claimed twice has no other cause.
  const control = () =>
    run({ rounds: 0, patient, n: Math.max(2, n), events: 2_000, main: copyCollector('postgresClaim') })
  // In a small size it mostly waits, so that both may run at the same time.
  const running = patient ? undefined : control()
  const found = await run({ rounds, patient, n, events })
  const { double } = await (running ?? control())
  return [...found.checks, moreThan('control: claimed twice when a claim moves no due time', double, 0)]
}

interface Run {
  rounds: number
  patient: boolean
  n: number
  events: number
  main?: string
}

async function run({ rounds, patient, n, events, main }: Run) {
  const sink = await startSink()
  // Slow requests are in flight when their sender is killed.
  sink.delayMs = 200
  const data = await openData('postgres')
  const ledger: Ledger = new Set()
  const fleet = [await addMember(data, sink, main)]
  await installLeaseAudit(data)
  while (fleet.length < n) fleet.push(await addMember(data, sink, main))
  const target = { isOpen: true, events }
  const loaded = load(fleet, ledger, target)
  const { inFlight, dead } = await disturb(rounds, fleet, data, sink)
  target.isOpen = false
  await loaded
  if (!patient && dead.length > 0) await expireLeasesOf(data, dead)
  const { left } = await waitUntilDrained(data, main ? 10_000 : undefined)
  const seen = await readLeaseAudit(data)
  const ambiguous = await countAmbiguous(data)
  const codes = await Promise.all(fleet.map((member) => member.stop()))
  const { checks, count } = ledgerChecks(ledger, await readStored(data), sink.booked, sink.netDuplicates())
  await sink.down()
  const senders = new Set(sink.batches.map(({ token }) => token))
  return {
    double: seen.double,
    checks: [
      ...checks,
      ...leaseChecks(seen),
      exactly('collectors that sent nothing', n + dead.length - senders.size, 0),
      exactly('undelivered at the end', left + count.failed + count.skipped, 0),
      atMost(
        'sends beyond one for each event (limit: in flight at kills, or ambiguous)',
        sink.extraSends(),
        inFlight + ambiguous,
      ),
      atMost(`rows taken over after ${dead.length} kills`, seen.takenOver, dead.length * 1_000),
      within('seconds from the claim of a killed collector to the next claim', seen.slowest, 65),
      exactly('collectors that did not end with 0', codes.filter((code) => code !== 0).length, 0),
    ],
  }
}

interface LoadTarget {
  /** While true, more events are sent than `events`. */
  isOpen: boolean
  events: number
}

/** Sends requests to random collectors. A request without a 202 goes to another one. */
async function load(fleet: Member[], ledger: Ledger, target: LoadTarget) {
  let started = 0
  const client = async () => {
    while (target.isOpen || started < target.events) {
      started += perRequest
      const ids = Array.from({ length: perRequest }, newId)
      for (let status = 0; status !== 202; ) {
        const { origin } = fleet[Math.floor(Math.random() * fleet.length)] as Member
        status = (await send(origin, ids, ledger, undefined, 5_000)).status
        // Beyond the wanted number only as many as keep the collectors busy.
        if (status !== 202 || started > target.events) await sleep(50)
      }
    }
  }
  await Promise.all(Array.from({ length: 8 }, client))
}

/** Kills one collector and starts another, or suspends one for a while, always during a request. */
async function disturb(rounds: number, fleet: Member[], data: Data, sink: Sink) {
  let inFlight = 0
  const dead: string[] = []
  for (let round = 0; round < rounds; round++) {
    await sleep(Math.random() * 300)
    const at = Math.floor(Math.random() * fleet.length)
    const member = fleet[at] as Member
    const before = sink.batches.length
    const sends = () => sink.batches.slice(before).some(({ token }) => token === member.name)
    await waitFor(`${member.name} sends`, sends)
    if (round % 2 === 0) {
      await member.kill()
      dead.push(member.name)
      // A request may arrive after the death of its sender.
      await sleep(200)
      inFlight += lastBatchSize(sink, member)
      fleet[at] = await addMember(data, sink)
    } else {
      process.kill(member.pid, 'SIGSTOP')
      await sleep(200 + Math.random() * 1_300)
      process.kill(member.pid, 'SIGCONT')
    }
  }
  return { inFlight, dead }
}
