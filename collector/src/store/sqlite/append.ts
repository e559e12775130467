/** How SQLite takes events: each row of a group for itself, inside the one transaction of all. Runs inside the worker. */
import type { DatabaseSyncInstance as Database } from '@photostructure/sqlite'
import type { Encryption } from '../encryption.js'
import type { Counted } from '../group-commit.js'
import { associatedData, type Row } from '../row.js'
import type { Verdict } from '../store.js'
import { withChecksum } from './checksum.js'
import type { RollupBatch } from './counts.js'
import { isMachineTrouble } from './errors.js'
import type { Savepoint } from './savepoint.js'

const examplesKept = 20

export function createAppend(
  db: Database,
  seal: Encryption,
  alone: Savepoint,
  startTally: () => RollupBatch,
) {
  const insertEvent = db.prepare(`
  insert into events (id, site, event, event_id, event_time, received_at, source, skip_reason, body)
  values ((select 1 + max(event, coalesce((select max(id) from events), 0)) from last_left), ?, ?, ?, ?, ?, ?, ?, ?)
  on conflict (site, event, event_id) do update set
    event_time = excluded.event_time, received_at = excluded.received_at, source = excluded.source,
    skip_reason = null, body = excluded.body
  where events.skip_reason is not null and excluded.skip_reason is null
  returning id`)
  const pair = db.prepare(`
  update events set paired = 1
  where site = ? and event = ? and event_id = ? and source <> ? and skip_reason is null and paired = 0`)
  const insertDelivery = db.prepare(
    'insert into deliveries (event, vendor, site, due_at) values (?, ?, ?, ?)',
  )
  const countSkip = db.prepare(`
  insert into skips (hour, reason, count) values (?, ?, 1)
  on conflict (hour, reason) do update set count = count + 1`)
  const insertExample = db.prepare('insert into skip_examples (at, reason, site, event) values (?, ?, ?, ?)')
  const trimExamples = db.prepare(`
  delete from skip_examples where reason = ? and id <= (
    select id from skip_examples where reason = ? order by id desc limit 1 offset ?)`)
  const insertVisitor = db.prepare('insert into visitors (event, sealed) values (?, ?)')
  const withdraw = db.prepare(`
    insert into withdrawals values (?, ?, ?) on conflict (site, person) do update set at = max(at, excluded.at)`)

  function insert(row: Row): Verdict {
    const { site, event, eventId, eventTime, receivedAt, source, skipReason } = row
    const values = [site, event, eventId, eventTime, receivedAt, source, skipReason, withChecksum(row)]
    const stored = insertEvent.get(...values) as { id: number } | undefined
    for (const person of row.withdrawn ?? []) withdraw.run(row.site, person, row.receivedAt)
    if (!stored) {
      if (skipReason === null) pair.run(site, event, eventId, source)
      return 'duplicate'
    }
    if (row.visitor !== null) insertVisitor.run(stored.id, seal.close(row.visitor, associatedData(row)))
    for (const vendor of row.vendors) insertDelivery.run(stored.id, vendor, row.site, row.receivedAt)
    if (row.skipReason !== null) countSkip.run(Math.floor(row.receivedAt / 3_600_000), row.skipReason)
    return 'stored'
  }

  function insertAll(rows: readonly Row[]): Verdict[] {
    try {
      return alone(() => rows.map(insert))
    } catch (error) {
      if (isMachineTrouble(error)) throw error
    }
    // One poison row must not fail its neighbours: each stands for itself now.
    return rows.map((row) => {
      try {
        return alone(() => insert(row))
      } catch (error) {
        if (isMachineTrouble(error)) throw error
        return 'refused'
      }
    })
  }

  function count({ reason, event, site, at }: Counted): void {
    countSkip.run(Math.floor(at / 3_600_000), reason)
    insertExample.run(at, reason, site, event)
    trimExamples.run(reason, reason, examplesKept)
  }

  return (rows: Row[], counted: Counted[]): Verdict[] => {
    for (const entry of counted) count(entry)
    const verdicts = insertAll(rows)
    const tally = startTally()
    for (const [at, row] of rows.entries()) tally.appended(row, verdicts[at] ?? 'refused')
    tally.flush()
    return verdicts
  }
}
