/** How SQLite keeps what the owner has set, and seals it anew under another key. Runs inside the worker. */
import type { DatabaseSyncInstance as Database } from '@photostructure/sqlite'
import type { Encryption } from '../encryption.js'
import {
  type Change,
  isQuiet,
  type Put,
  type RecordKind,
  type Removal,
  recordAssociatedData,
  revisionOf,
  type StoredRecord,
} from '../records.js'
import { associatedData } from '../row.js'

interface RecordRow {
  kind: RecordKind
  id: string
  body: string
  sealed: Uint8Array | null
  version: number
  at: number
}

type ChangeRow = Required<Change> & { id: number; site: string | null; detail: string | null }

export function createRecords(db: Database, seal: Encryption) {
  const ofKind = db.prepare(`
    select kind, id, body, sealed, version, at from records where kind = ? and (kind, id) <> (?, ?) order by id`)
  const one = db.prepare('select kind, id, body, sealed, version, at from records where kind = ? and id = ?')
  const put = db.prepare(`
    insert into records (kind, id, body, sealed, version, at) values (?, ?, ?, ?, 1, ?)
    on conflict (kind, id) do update set
      body = excluded.body, sealed = iif(?, sealed, excluded.sealed), version = version + 1, at = excluded.at`)
  const remove = db.prepare('delete from records where kind = ? and id = ?')
  const insertChange = db.prepare('insert into changes (at, who, what, site, detail) values (?, ?, ?, ?, ?)')
  const listChanges = db.prepare(
    'select id, at, who, what, site, detail from changes where id < ? order by id desc limit ?',
  )
  const sealedRecords = db.prepare(`
    select kind, id, sealed from records
    where sealed is not null and lower(hex(substr(sealed, 2, 4))) in (select value from json_each(?)) limit ?`)
  const sealRecord = db.prepare('update records set sealed = ? where kind = ? and id = ?')
  const sealedVisitors = db.prepare(`
    select visitors.event as id, sealed, site, events.event, event_id as eventId
    from visitors join events on events.id = visitors.event
    where visitors.event > ? and lower(hex(substr(sealed, 2, 4))) in (select value from json_each(?))
    order by visitors.event limit ?`)
  const sealVisitor = db.prepare('update visitors set sealed = ? where event = ?')

  /** The last visitor that was looked at. */
  let resealed = 0

  const read = (row: RecordRow): StoredRecord => {
    const { id, body, sealed, version, at } = row
    const secret = sealed === null ? undefined : seal.decrypt(sealed, recordAssociatedData(row))
    return { id, body: JSON.parse(body), ...(secret !== undefined && { secret }), version, at }
  }
  const versionOf = (kind: RecordKind, id: string) =>
    (one.get(kind, id) as RecordRow | undefined)?.version ?? 0
  const save = ({ kind, id, body, secret }: Put, at: number) => {
    const sealed = typeof secret === 'string' ? seal.close(secret, recordAssociatedData({ kind, id })) : null
    put.run(kind, id, JSON.stringify(body), sealed, at, secret === undefined ? 1 : 0)
  }

  /** Gives how many of the rows opened and were closed anew. */
  function closeAnew<Sealed extends { sealed: Uint8Array }>(
    rows: Sealed[],
    bound: (row: Sealed) => string,
    store: (sealed: Uint8Array, row: Sealed) => void,
  ): number {
    const opened = rows.flatMap((row) => {
      const plain = seal.decrypt(row.sealed, bound(row))
      return plain === undefined ? [] : [{ row, plain }]
    })
    for (const { row, plain } of opened) store(seal.close(plain, bound(row)), row)
    return opened.length
  }

  type SealedRecord = Pick<RecordRow, 'kind' | 'id'> & { sealed: Uint8Array }
  type SealedVisitor = { id: number; sealed: Uint8Array; site: string; event: string; eventId: string }

  return {
    records: (kind: RecordKind): StoredRecord[] =>
      (ofKind.all(kind, revisionOf.kind, revisionOf.id) as unknown as RecordRow[]).map(read),
    record(kind: RecordKind, id: string): StoredRecord | undefined {
      const row = one.get(kind, id) as RecordRow | undefined
      return row && read(row)
    },
    write(writes: (Put | Removal)[], change: Change | undefined, now: number): boolean {
      const changed = writes.some(
        (write) =>
          'seen' in write && write.seen !== undefined && versionOf(write.kind, write.id) !== write.seen,
      )
      if (changed) return false
      for (const write of writes) {
        if ('remove' in write) remove.run(write.kind, write.id)
        else save(write, now)
      }
      if (writes.some(({ kind }) => !isQuiet(kind))) save({ ...revisionOf, body: {} }, now)
      if (change) {
        const { at, who, what, site = null, detail = null } = change
        insertChange.run(at, who, what, site, detail)
      }
      return true
    },
    changes({ limit, before }: { limit: number; before?: number }): (Change & { id: number })[] {
      const rows = listChanges.all(before ?? Number.MAX_SAFE_INTEGER, limit) as unknown as ChangeRow[]
      return rows.map(({ site, detail, ...change }) => ({
        ...change,
        ...(site !== null && { site }),
        ...(detail !== null && { detail }),
      }))
    },
    revision: () => versionOf(revisionOf.kind, revisionOf.id),
    keys(keys: Uint8Array[]): void {
      seal.use(keys)
      resealed = 0
    },
    reseal(limit: number): number {
      const old = JSON.stringify(seal.oldIds())
      const records = sealedRecords.all(old, limit) as unknown as SealedRecord[]
      let count = closeAnew(records, recordAssociatedData, (sealed, { kind, id }) =>
        sealRecord.run(sealed, kind, id),
      )
      while (count < limit) {
        const rows = sealedVisitors.all(resealed, old, limit - count) as unknown as SealedVisitor[]
        count += closeAnew(rows, associatedData, (sealed, { id }) => sealVisitor.run(sealed, id))
        // The next round begins at the first one again: another collector may still seal with an old key.
        resealed = rows.at(-1)?.id ?? 0
        if (rows.length === 0) break
      }
      return count
    },
  }
}
