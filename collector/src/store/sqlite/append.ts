/** Stores events: each row of a group on its own, inside the one transaction of the group. Runs in SQLite's thread. */
import type { RejectedEntry } from '../group-commit.js'
import { type Row, visitorAssociatedData } from '../row.js'
import { maxRejectedSamples } from '../sql/rejected-samples.js'
import type { Verdict } from '../store.js'
import { withChecksum } from './checksum.js'
import type { Context } from './context.js'
import type { Database } from './database.js'
import { isUnavailable } from './errors.js'

const insertEvent = `
  insert into events (id, site, event, event_id, event_time, received_at, source, skip_reason, body,
    limited_data_use)
  values (
    (select 1 + max(event, coalesce((select max(id) from events), 0)) from last_left), ?, ?, ?, ?, ?, ?, ?, ?, ?)
  on conflict (site, event, event_id) do update set
    event_time = excluded.event_time, received_at = excluded.received_at, source = excluded.source,
    skip_reason = null, body = excluded.body, limited_data_use = excluded.limited_data_use
  where events.skip_reason is not null and excluded.skip_reason is null
  returning id`
const markPaired = `
  update events set paired = 1
  where site = ? and event = ? and event_id = ? and source <> ? and skip_reason is null and paired = 0`
const insertWithdrawal = `
  insert into withdrawals values (?, ?, ?) on conflict (site, person) do update set at = max(at, excluded.at)`
const trimSamples = `
  delete from rejected_samples where reason = ? and id <= (
    select id from rejected_samples where reason = ? order by id desc limit 1 offset ?)`

const prepareStatements = (db: Database) => ({
  insertEvent: db.prepare(insertEvent),
  markPaired: db.prepare(markPaired),
  insertVisitor: db.prepare('insert into visitors (event, sealed) values (?, ?)'),
  insertDelivery: db.prepare('insert into deliveries (event, vendor, site, due_at) values (?, ?, ?, ?)'),
  insertWithdrawal: db.prepare(insertWithdrawal),
  insertSample: db.prepare('insert into rejected_samples (at, reason, site, event) values (?, ?, ?, ?)'),
  trimSamples: db.prepare(trimSamples),
})

interface Deps extends Context {
  statements: ReturnType<typeof prepareStatements>
}

export function createAppend(context: Context) {
  const deps: Deps = { ...context, statements: prepareStatements(context.db) }
  return {
    append(rows: Row[], rejected: RejectedEntry[]): Verdict[] {
      for (const entry of rejected) insertSample(deps, entry)
      const verdicts = insertRows(deps, rows)
      const batch = deps.startBatch()
      for (const [at, row] of rows.entries()) batch.appended(row, verdicts[at] ?? 'refused')
      batch.flush()
      return verdicts
    },
  }
}

function insertSample({ statements }: Deps, { reason, event, site, at }: RejectedEntry): void {
  statements.insertSample.run(at, reason, site, event)
  statements.trimSamples.run(reason, reason, maxRejectedSamples)
}

function insertRows(deps: Deps, rows: readonly Row[]): Verdict[] {
  try {
    return deps.savepoint(() => rows.map((row) => insertRow(deps, row)))
  } catch (error) {
    if (isUnavailable(error)) throw error
  }
  // A row that cannot be stored must not fail its neighbours: now each row has a savepoint of its own.
  return rows.map((row) => {
    try {
      return deps.savepoint(() => insertRow(deps, row))
    } catch (error) {
      if (isUnavailable(error)) throw error
      return 'refused'
    }
  })
}

function insertRow({ statements, encryption }: Deps, row: Row): Verdict {
  const { site, event, eventId, eventTime, receivedAt, source, skipReason } = row
  const key = [site, event, eventId, eventTime, receivedAt, source, skipReason]
  const stored = statements.insertEvent.get(...key, withChecksum(row), row.limitedDataUse ? 1 : 0) as
    | { id: number }
    | undefined
  for (const person of row.withdrawn ?? []) statements.insertWithdrawal.run(site, person, receivedAt)
  if (!stored) {
    if (skipReason === null) statements.markPaired.run(site, event, eventId, source)
    return 'duplicate'
  }
  if (row.visitor !== null) {
    const sealed = encryption.encrypt(row.visitor, visitorAssociatedData(row))
    statements.insertVisitor.run(stored.id, sealed)
  }
  for (const vendor of row.vendors) statements.insertDelivery.run(stored.id, vendor, site, receivedAt)
  return 'stored'
}
