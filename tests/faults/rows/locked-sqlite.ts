// Knows the row about a SQLite file that another process has locked: 503 after a while, and events again once it is free.
import { join } from 'node:path'
import { DatabaseSync } from '@photostructure/sqlite'
import { copyCollector } from '../../chaos/build-copy.js'
import { atMost, exactly, moreThan } from '../../chaos/check.js'
import { startCollector, waitUntilDrained } from '../../chaos/collector.js'
import { openData, readStored } from '../../chaos/data.js'
import { auditLedger, type Ledger, ledgerChecks } from '../../chaos/ledger.js'
import { newId, send, startLoad } from '../../chaos/load.js'
import { startSink } from '../../chaos/sink.js'
import { sleep } from '../../support/wait.js'
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
  // The control is killed while it waits: what it has answered without a commit is gone.
  if (main) await collector.kill()
  other.exec('rollback')
  other.close()
  const began = Date.now()
  while (!main && Date.now() - began < 20_000) {
    if ((await send(collector.origin, [newId()], ledger)).status === 202) break
    await sleep(50)
  }
  const recoveredMs = Date.now() - began
  await load.stop()
  // What was sent and could not be settled is due again when its lease ends.
  const { left } = main ? { left: 0 } : await waitUntilDrained(data, 75_000)
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
    const strange = [...answers].filter(([status]) => status !== 202 && status !== 503)
    return [
      ...checks,
      moreThan('answers of 503 meanwhile', answers.get(503) ?? 0, 0),
      exactly('answers other than 202 and 503', strange.length, 0),
      atMost('ms until 202 once it is free', recoveredMs, 5_000),
      exactly('undelivered at the end', left, 0),
      exactly('exit code', code ?? -1, 0),
      moreThan('control: lost when 202 comes before the commit', control.lost, 0),
    ]
  },
}
