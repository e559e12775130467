/** Stores records and the change log, and encrypts secrets again under another key. */
import {
  type Change,
  isExcludedFromRevision,
  type Put,
  type Records,
  type Removal,
  recordAssociatedData,
  revisionRecord,
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
import type { Query } from './pool.js'

const columns = 'kind, id, body, sealed, version, at'
const ofId = `select ${columns} from records where kind = $1 and id = $2`
const ofKind = `select ${columns} from records where kind = $1 and (kind, id) <> ($2, $3) order by id`

/** Advisory lock held by a writer of records; any number that no other program uses. */
const lockNumber = 7_164_664

const putRecord = `
insert into records (kind, id, body, sealed, version, at) values ($1, $2, $3, $4, 1, $5)
on conflict (kind, id) do update set
  body = excluded.body, sealed = case when $6 then records.sealed else excluded.sealed end,
  version = records.version + 1, at = excluded.at`

const insertChange = 'insert into changes (at, who, what, site, detail) values ($1, $2, $3, $4, $5)'
const listChanges =
  'select id, at, who, what, site, detail from changes where id < $1 order by id desc limit $2'

const isUnderOldKey = `encode(substring(sealed from 2 for 4), 'hex') = any ($1)`
const oldRecords = `select kind, id, sealed from records where sealed is not null and ${isUnderOldKey} limit $2`
const oldVisitors = `
select visitors.event as id, sealed, site, events.event, event_id as "eventId"
from visitors join events on events.id = visitors.event
where ${isUnderOldKey} and visitors.event > $3 order by visitors.event limit $2`

// A row that another collector has changed meanwhile stays as it is.
const updateRecords = `
update records set sealed = encrypted.resealed
from unnest($1::text[], $2::text[], $3::bytea[], $4::bytea[]) as encrypted (kind, id, sealed, resealed)
where records.kind = encrypted.kind and records.id = encrypted.id and records.sealed = encrypted.sealed`
const updateVisitors = `
update visitors set sealed = encrypted.resealed
from unnest($1::bigint[], $2::bytea[], $3::bytea[]) as encrypted (event, sealed, resealed)
where visitors.event = encrypted.event and visitors.sealed = encrypted.sealed`

interface Deps extends Pick<Context, 'database' | 'encryption' | 'clock'> {
  /** The last visitor that was encrypted again. */
  lastVisitor: number
}

export function createRecords(context: Omit<Deps, 'lastVisitor'>): Records {
  const deps: Deps = { ...context, lastVisitor: 0 }
  const { database, encryption } = deps
  return {
    async records(kind) {
      const rows = await database.query<RecordRow>(ofKind, [kind, revisionRecord.kind, revisionRecord.id])
      return rows.map((row) => toRecord(row, encryption))
    },
    async record(kind, id) {
      const [row] = await database.query<RecordRow>(ofId, [kind, id])
      return row && toRecord(row, encryption)
    },
    write: (writes, change) => database.transaction((query) => write(deps, query, writes, change)),
    async changes({ limit, before }) {
      const rows = await database.query<ChangeRow>(listChanges, [before ?? Number.MAX_SAFE_INTEGER, limit])
      return rows.map(toChange)
    },
    revision: () => versionOf(database.query, revisionRecord),
    async setKeys(keys) {
      encryption.setKeys(keys)
      deps.lastVisitor = 0
    },
    reencrypt: (limit) => reencrypt(deps, limit),
  }
}

async function versionOf(query: Query, { kind, id }: Pick<Put, 'kind' | 'id'>): Promise<number> {
  const [row] = await query<RecordRow>(ofId, [kind, id])
  return row?.version ?? 0
}

async function write(
  deps: Deps,
  query: Query,
  writes: readonly (Put | Removal)[],
  change?: Change,
): Promise<boolean> {
  // Writes are rare. One after the other, so that none comes between reading a version and changing it.
  await query('select pg_advisory_xact_lock($1)', [lockNumber])
  for (const one of writes)
    if (expectsVersion(one) && (await versionOf(query, one)) !== one.seen) return false
  for (const one of writes) {
    if ('remove' in one) await query('delete from records where kind = $1 and id = $2', [one.kind, one.id])
    else await put(deps, query, one)
  }
  if (writes.some(({ kind }) => !isExcludedFromRevision(kind)))
    await put(deps, query, { ...revisionRecord, body: {} })
  if (change) {
    const { at, who, what, site = null, detail = null } = change
    await query(insertChange, [at, who, what, site, detail])
  }
  return true
}

async function put({ encryption, clock }: Deps, query: Query, record: Put): Promise<void> {
  const { kind, id, body, secret } = record
  const sealed = encryptSecret(record, encryption)
  await query(putRecord, [kind, id, JSON.stringify(body), sealed, clock(), secret === undefined])
}

async function reencrypt(deps: Deps, limit: number): Promise<number> {
  const { database, encryption } = deps
  const oldIds = encryption.oldKeyIds()
  const found = await database.query<SealedRecord>(oldRecords, [oldIds, limit])
  const records = reencryptRows(found, recordAssociatedData, encryption)
  if (records.length > 0)
    await database.query(updateRecords, [
      records.map(({ kind }) => kind),
      records.map(({ id }) => id),
      records.map(({ sealed }) => sealed),
      records.map(({ resealed }) => resealed),
    ])
  let count = records.length
  while (count < limit) {
    const rows = await database.query<SealedVisitor>(oldVisitors, [oldIds, limit - count, deps.lastVisitor])
    const visitors = reencryptRows(rows, visitorAssociatedData, encryption)
    await database.query(updateVisitors, [
      visitors.map(({ id }) => id),
      visitors.map(({ sealed }) => sealed),
      visitors.map(({ resealed }) => resealed),
    ])
    count += visitors.length
    // The next round begins at the first visitor: another collector may still encrypt with an old key.
    deps.lastVisitor = rows.at(-1)?.id ?? 0
    if (rows.length === 0) break
  }
  return count
}
