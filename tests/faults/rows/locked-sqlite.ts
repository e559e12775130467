// Row of an SQLite file that another process locks: 503 after a while, and 202 again once it is unlocked.
import { join } from 'node:path'
import { DatabaseSync } from '@photostructure/sqlite'
import { copyCollector } from '../../chaos/build-copy.js'
import { exactly, moreThan, within } from '../../chaos/check.js'
import { startCollector, waitUntilDrained } from '../../chaos/collector.js'
import { openData, readStored } from '../../chaos/data.js'
import { auditLedger, type Ledger, ledgerChecks } from '../../chaos/ledger.js'
import { newId, send, startLoad } from '../../chaos/load.js'
import { startSink } from '../../chaos/sink.js'
import { sleep, waitFor } from '../../support/wait.js'
import type { Row } from '../row.js'

async function lockFor(ms: number, main?: string) {
  const sink = await startSink()
  const data = await openData('sqlite')
  const ledger: Ledger = new Set()
  const collector = await startCollector({ data, sink, ...(main && { main }) })
  await send(collector.origin, [newId()], ledger)
  const other = new DatabaseSync(join(data.dir, 'tagferry.db'))
  other.exec('pragma busy_timeout = 5000; begin exclusive')
  const load = startLoad({ origin: collector.origin, ledger, clients: 8, rate: 50 })
  await sleep(ms)
  // The control is killed while it waits: events that it has answered without a commit are lost.
  if (main) await collector.kill()
  other.exec('rollback')
  other.close()
  const unlockedAt = Date.now()
  const accepts = async () => (await send(collector.origin, [newId()], ledger)).status === 202
  if (!main) await waitFor('202', accepts).catch(() => {})
  const recoveredMs = Date.now() - unlockedAt
  await load.stop()
  // Deliveries that could not be settled are due again when their lease ends.
  const { left } = main ? { left: 0 } : await waitUntilDrained(data)
  const code = await collector.stop()
  const stored = await readStored(data)
  const { lost } = auditLedger(ledger, stored, sink.booked)
  const { checks } = ledgerChecks(ledger, stored, sink.booked, sink.netDuplicates())
  await sink.down()
  return { answers: load.answers, recoveredMs, left, code, lost: lost.length, checks }
}

export const locked: Row = {
  row: 23,
  name: 'SQLite locked by another process',
  async run({ quick }) {
    const { answers, recoveredMs, left, code, checks } = await lockFor(quick ? 8_000 : 30_000)
    const control = await lockFor(3_000, copyCollector('commit'))
    const others = [...answers].filter(([status]) => status !== 202 && status !== 503)
    return [
      ...checks,
      moreThan('answers of 503 meanwhile', answers.get(503) ?? 0, 0),
      exactly('answers other than 202 and 503', others.length, 0),
      within('ms until 202 once it is free', recoveredMs, 5_000),
      exactly('undelivered at the end', left, 0),
      exactly('exit code', code ?? -1, 0),
      moreThan('control: lost when 202 comes before the commit', control.lost, 0),
    ]
  },
}
