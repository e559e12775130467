// Row of jumping clocks: waits use the monotonic clock, leases the clock of the database, and client times are capped.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { type Check, exactly, within } from '../../chaos/check.js'
import { startCollector, waitUntilDrained } from '../../chaos/collector.js'
import { openData, readStored, type StoreKind } from '../../chaos/data.js'
import { addMember } from '../../chaos/fleet.js'
import { installLeaseAudit, leaseChecks, readLeaseAudit } from '../../chaos/lease-audit.js'
import { type Ledger, ledgerChecks } from '../../chaos/ledger.js'
import { newId, send } from '../../chaos/load.js'
import { startSink } from '../../chaos/sink.js'
import { temporaryDir } from '../../support/temporary.js'
import { sleep, waitFor } from '../../support/wait.js'
import type { Row } from '../row.js'

const hour = 3_600_000
const years = 10 * 365 * 24 * hour
const jumps = { '+2 h': 2 * hour, '-2 h': -2 * hour, '+10 years': years, '-10 years': -years, '-1 s': -1_000 }

/** Adds a number of milliseconds in a file to Date.now. Timers are not changed, as when an owner sets the clock. */
function settableClock() {
  const dir = temporaryDir()
  const file = join(dir, 'ahead')
  const module = join(dir, 'clock.mjs')
  const lines = [
    "import { readFileSync } from 'node:fs'",
    'const real = Date.now',
    'let ahead = 0, looked = 0',
    'Date.now = () => {',
    '  const now = real()',
    `  if (now - looked > 10) { looked = now; ahead = Number(readFileSync(${JSON.stringify(file)}, 'utf8')) }`,
    '  return now + ahead',
    '}',
  ]
  const set = (ms: number) => writeFileSync(file, String(ms))
  set(0)
  writeFileSync(module, lines.join('\n'))
  return { set, env: { NODE_OPTIONS: `--import=${pathToFileURL(module).href}` } }
}

const ten = () => Array.from({ length: 10 }, newId)

/** The clock jumps while the connection waits after failures. */
async function jump(store: StoreKind, name: keyof typeof jumps): Promise<Check[]> {
  const sink = await startSink()
  const data = await openData(store)
  const ledger: Ledger = new Set()
  const clock = settableClock()
  const collector = await startCollector({ data, sink, env: clock.env })
  sink.answer = () => ({ code: 50_000, message: 'trouble' })
  await send(collector.origin, ten(), ledger)
  await waitFor('two failures', () => sink.batches.length >= 2)
  clock.set(jumps[name])
  sink.answer = () => ({ code: 0 })
  await send(collector.origin, ten(), ledger)
  const { left, seconds } = await waitUntilDrained(data)
  const code = await collector.stop()
  const { checks, count } = ledgerChecks(ledger, await readStored(data), sink.booked, sink.netDuplicates())
  await sink.down()
  // Ten years later every event with a correct time is too old to be sent, and fails.
  const expired = name === '+10 years' ? 20 : 0
  return [
    ...checks,
    exactly('pending after the jump', left, 0),
    exactly('failed', count.failed, expired),
    within('seconds until nothing was pending', seconds, 30),
    exactly('exit code', code ?? -1, 0),
  ].map((check) => ({ ...check, name: `${store}, ${name}: ${check.name}` }))
}

/** The clock of one of two collectors jumps two hours ahead while the other holds leases. */
async function leases(): Promise<Check[]> {
  const sink = await startSink()
  const data = await openData('postgres')
  const ledger: Ledger = new Set()
  const clock = settableClock()
  const steady = await addMember(data, sink)
  await installLeaseAudit(data)
  const jumping = await addMember({ ...data, env: { ...data.env, ...clock.env } }, sink)
  sink.delayMs = 4_000
  await send(steady.origin, ten(), ledger)
  await waitFor('one of them sends', () => sink.batches.length > 0)
  clock.set(2 * hour)
  await send(jumping.origin, ten(), ledger)
  await sleep(500)
  const { left } = await waitUntilDrained(data)
  const seen = await readLeaseAudit(data)
  await Promise.all([steady.stop(), jumping.stop()])
  const { checks } = ledgerChecks(ledger, await readStored(data), sink.booked, sink.netDuplicates())
  await sink.down()
  return [
    ...checks,
    ...leaseChecks(seen),
    exactly('undelivered at the end', left, 0),
    exactly('sends beyond one for each event', sink.extraSends(), 0),
  ].map((check) => ({ ...check, name: `two clocks: ${check.name}` }))
}

export const clocks: Row = {
  row: 37,
  name: 'clocks that jump',
  async run({ store }) {
    const found = [await leases()]
    for (const name of Object.keys(jumps) as (keyof typeof jumps)[]) found.push(await jump(store, name))
    return found.flat()
  },
}
