/** How PostgreSQL keeps what the owner has set, and seals it anew under another key. */

import type { Encryption } from '../encryption.js'
import {
  type Change,
  isQuiet,
  type Put,
  type RecordKind,
  type Records,
  type Removal,
  recordAssociatedData,
  revisionOf,
  type StoredRecord,
} from '../records.js'
import { associatedData } from '../row.js'
import type { Database, Query } from './pool.js'

const columns = 'kind, id, body, sealed, version, at'
const one = `select ${columns} from records where kind = $1 and id = $2`
const ofKind = `select ${columns} from records where kind = $1 and (kind, id) <> ($2, $3) order by id`

/** Held by whoever writes records; any number will do that nobody else uses. */
const lockNumber = 7_164_664

const put = `
insert into records (kind, id, body, sealed, version, at) values ($1, $2, $3, $4, 1, $5)
on conflict (kind, id) do update set
  body = excluded.body, sealed = case when $6 then records.sealed else excluded.sealed end,
  version = records.version + 1, at = excluded.at`

const insertChange = 'insert into changes (at, who, what, site, detail) values ($1, $2, $3, $4, $5)'
const listChanges =
  'select id, at, who, what, site, detail from changes where id < $1 order by id desc limit $2'

const isOld = `encode(substring(sealed from 2 for 4), 'hex') = any ($1)`
const sealedRecords = `select kind, id, sealed from records where sealed is not null and ${isOld} limit $2`
const sealedVisitors = `
select visitors.event as row, sealed, site, events.event, event_id as "eventId"
from visitors join events on events.id = visitors.event
where ${isOld} and visitors.event > $3 order by visitors.event limit $2`

// What another collector has changed meanwhile stays as it is.
const sealRecords = `
update records set sealed = given.sealed
from unnest($1::text[], $2::text[], $3::bytea[], $4::bytea[]) as given (kind, id, old, sealed)
where records.kind = given.kind and records.id = given.id and records.sealed = given.old`
const sealVisitors = `
update visitors set sealed = given.sealed from unnest($1::bigint[], $2::bytea[], $3::bytea[]) as given (event, old, sealed)
where visitors.event = given.event and visitors.sealed = given.old`

interface RecordRow {
  kind: RecordKind
  id: string
  body: string
  sealed: Uint8Array | null
  version: number
  at: number
}
type ChangeRow = Change & { id: number; site: string | null; detail: string | null }
type SealedRecord = Pick<RecordRow, 'kind' | 'id'> & { sealed: Uint8Array }
type SealedVisitor = { row: number; sealed: Uint8Array; site: string; event: string; eventId: string }

export function createRecords(
  { query, transaction }: Database,
  seal: Encryption,
  clock: () => number,
): Records {
  /** The last visitor that was looked at. */
  let resealed = 0

  const read = (row: RecordRow): StoredRecord => {
    const { id, body, sealed, version, at } = row
    const secret = sealed === null ? undefined : seal.decrypt(sealed, recordAssociatedData(row))
    return { id, body: JSON.parse(body), ...(secret !== undefined && { secret }), version, at }
  }
  const versionOf = async (ask: Query, kind: RecordKind, id: string) =>
    (await ask<RecordRow>(one, [kind, id]))[0]?.version ?? 0
  const save = (ask: Query, { kind, id, body, secret }: Put) => {
    const sealed = typeof secret === 'string' ? seal.close(secret, recordAssociatedData({ kind, id })) : null
    return ask(put, [kind, id, JSON.stringify(body), sealed, clock(), secret === undefined])
  }

  async function writeIn(ask: Query, writes: readonly (Put | Removal)[], change?: Change): Promise<boolean> {
    // Writes are rare: one after the other, so that none can come between the look at a version and its change.
    await ask('select pg_advisory_xact_lock($1)', [lockNumber])
    for (const write of writes) {
      if ('remove' in write || write.seen === undefined) continue
      if ((await versionOf(ask, write.kind, write.id)) !== write.seen) return false
    }
    for (const write of writes) {
      if ('remove' in write)
        await ask('delete from records where kind = $1 and id = $2', [write.kind, write.id])
      else await save(ask, write)
    }
    if (writes.some(({ kind }) => !isQuiet(kind))) await save(ask, { ...revisionOf, body: {} })
    if (change) {
      const { at, who, what, site = null, detail = null } = change
      await ask(insertChange, [at, who, what, site, detail])
    }
    return true
  }

  /** Those of the rows that open, closed anew. */
  const closeAnew = <Sealed extends { sealed: Uint8Array }>(rows: Sealed[], bound: (row: Sealed) => string) =>
    rows.flatMap((row) => {
      const plain = seal.decrypt(row.sealed, bound(row))
      return plain === undefined ? [] : [{ ...row, anew: seal.close(plain, bound(row)) }]
    })

  return {
    records: async (kind) =>
      (await query<RecordRow>(ofKind, [kind, revisionOf.kind, revisionOf.id])).map(read),
    async record(kind, id) {
      const [row] = await query<RecordRow>(one, [kind, id])
      return row && read(row)
    },
    write: (writes, change) => transaction((ask) => writeIn(ask, writes, change)),
    async changes({ limit, before }) {
      const rows = await query<ChangeRow>(listChanges, [before ?? Number.MAX_SAFE_INTEGER, limit])
      return rows.map(({ site, detail, ...line }) => ({
        ...line,
        ...(site !== null && { site }),
        ...(detail !== null && { detail }),
      }))
    },
    revision: () => versionOf(query, revisionOf.kind, revisionOf.id),
    async keys(keys) {
      seal.use(keys)
      resealed = 0
    },
    async reseal(limit) {
      const old = seal.oldIds()
      const records = closeAnew(await query<SealedRecord>(sealedRecords, [old, limit]), recordAssociatedData)
      const of = <Key extends keyof (typeof records)[number]>(key: Key) => records.map((row) => row[key])
      if (records.length > 0) await query(sealRecords, [of('kind'), of('id'), of('sealed'), of('anew')])
      let count = records.length
      while (count < limit) {
        const rows = await query<SealedVisitor>(sealedVisitors, [old, limit - count, resealed])
        const visitors = closeAnew(rows, associatedData)
        await query(sealVisitors, [
          visitors.map(({ row }) => row),
          visitors.map(({ sealed }) => sealed),
          visitors.map(({ anew }) => anew),
        ])
        count += visitors.length
        // The next round begins at the first one again: another collector may still seal with an old key.
        resealed = rows.at(-1)?.row ?? 0
        if (rows.length === 0) break
      }
      return count
    },
  }
}
