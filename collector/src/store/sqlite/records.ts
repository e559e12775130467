/** Stores records and the change log, and encrypts secrets again under another key. Runs in SQLite's thread. */
import {
  type Change,
  isExcludedFromRevision,
  type Put,
  type RecordKind,
  type Removal,
  recordAssociatedData,
  revisionRecord,
  type StoredRecord,
} from '../records.js'
import { visitorAssociatedData } from '../row.js'
import {
  type ChangeRow,
  encryptSecret,
  expectsVersion,
  type RecordRow,
  reencryptRows,
  type SealedRecord,
  type SealedVisitor,
  toChange,
  toRecord,
} from '../sql/records.js'
import type { Context } from './context.js'
import type { Database } from './database.js'

const columns = 'kind, id, body, sealed, version, at'
const putRecord = `
  insert into records (kind, id, body, sealed, version, at) values (?, ?, ?, ?, 1, ?)
  on conflict (kind, id) do update set
    body = excluded.body, sealed = iif(?, sealed, excluded.sealed), version = version + 1, at = excluded.at`
const isUnderOldKey = 'lower(hex(substr(sealed, 2, 4))) in (select value from json_each(?))'
const oldVisitors = `
  select visitors.event as id, sealed, site, events.event, event_id as eventId
  from visitors join events on events.id = visitors.event
  where visitors.event > ? and ${isUnderOldKey} order by visitors.event limit ?`

const prepareStatements = (db: Database) => ({
  ofKind: db.prepare(`select ${columns} from records where kind = ? and (kind, id) <> (?, ?) order by id`),
  ofId: db.prepare(`select ${columns} from records where kind = ? and id = ?`),
  put: db.prepare(putRecord),
  remove: db.prepare('delete from records where kind = ? and id = ?'),
  insertChange: db.prepare('insert into changes (at, who, what, site, detail) values (?, ?, ?, ?, ?)'),
  changes: db.prepare(
    'select id, at, who, what, site, detail from changes where id < ? order by id desc limit ?',
  ),
  oldRecords: db.prepare(
    `select kind, id, sealed from records where sealed is not null and ${isUnderOldKey} limit ?`,
  ),
  updateRecord: db.prepare('update records set sealed = ? where kind = ? and id = ?'),
  oldVisitors: db.prepare(oldVisitors),
  updateVisitor: db.prepare('update visitors set sealed = ? where event = ?'),
})

interface Deps extends Context {
  statements: ReturnType<typeof prepareStatements>
  /** The last visitor that was encrypted again. */
  lastVisitor: number
}

export function createRecords(context: Context) {
  const deps: Deps = { ...context, statements: prepareStatements(context.db), lastVisitor: 0 }
  const { statements, encryption } = deps
  return {
    records(kind: RecordKind): StoredRecord[] {
      const rows = statements.ofKind.all(kind, revisionRecord.kind, revisionRecord.id)
      return (rows as unknown as RecordRow[]).map((row) => toRecord(row, encryption))
    },
    record(kind: RecordKind, id: string): StoredRecord | undefined {
      const row = statements.ofId.get(kind, id) as RecordRow | undefined
      return row && toRecord(row, encryption)
    },
    write: (writes: (Put | Removal)[], change: Change | undefined, now: number) =>
      write(deps, writes, change, now),
    changes({ limit, before }: { limit: number; before?: number }): (Change & { id: number })[] {
      const rows = statements.changes.all(before ?? Number.MAX_SAFE_INTEGER, limit)
      return (rows as unknown as ChangeRow[]).map(toChange)
    },
    revision: () => versionOf(deps, revisionRecord),
    setKeys(keys: Uint8Array[]): void {
      encryption.setKeys(keys)
      deps.lastVisitor = 0
    },
    reencrypt: (limit: number) => reencrypt(deps, limit),
  }
}

function versionOf({ statements }: Deps, { kind, id }: Pick<Put, 'kind' | 'id'>): number {
  const row = statements.ofId.get(kind, id) as RecordRow | undefined
  return row?.version ?? 0
}

function write(
  deps: Deps,
  writes: readonly (Put | Removal)[],
  change: Change | undefined,
  now: number,
): boolean {
  const { statements } = deps
  if (writes.some((one) => expectsVersion(one) && versionOf(deps, one) !== one.seen)) return false
  for (const one of writes) {
    if ('remove' in one) statements.remove.run(one.kind, one.id)
    else put(deps, one, now)
  }
  if (writes.some(({ kind }) => !isExcludedFromRevision(kind)))
    put(deps, { ...revisionRecord, body: {} }, now)
  if (change) {
    const { at, who, what, site = null, detail = null } = change
    statements.insertChange.run(at, who, what, site, detail)
  }
  return true
}

function put({ statements, encryption }: Deps, record: Put, now: number): void {
  const { kind, id, body, secret } = record
  const keepsSecret = secret === undefined ? 1 : 0
  statements.put.run(kind, id, JSON.stringify(body), encryptSecret(record, encryption), now, keepsSecret)
}

function reencrypt(deps: Deps, limit: number): number {
  const { statements, encryption } = deps
  const oldIds = JSON.stringify(encryption.oldKeyIds())
  const oldRecords = statements.oldRecords.all(oldIds, limit) as unknown as SealedRecord[]
  const records = reencryptRows(oldRecords, recordAssociatedData, encryption)
  for (const { resealed, kind, id } of records) statements.updateRecord.run(resealed, kind, id)
  let count = records.length
  while (count < limit) {
    const oldVisitors = statements.oldVisitors.all(deps.lastVisitor, oldIds, limit - count)
    const visitors = reencryptRows(
      oldVisitors as unknown as SealedVisitor[],
      visitorAssociatedData,
      encryption,
    )
    for (const { resealed, id } of visitors) statements.updateVisitor.run(resealed, id)
    count += visitors.length
    // The next round begins at the first visitor: another collector may still encrypt with an old key.
    deps.lastVisitor = (oldVisitors.at(-1) as SealedVisitor | undefined)?.id ?? 0
    if (oldVisitors.length === 0) break
  }
  return count
}
