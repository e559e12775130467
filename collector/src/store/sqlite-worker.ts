/** The SQLite driver's thread: the only place with SQLite's SQL. Each message is one call, answered once. */
import { parentPort, workerData } from 'node:worker_threads'
import type { DatabaseSyncInstance as Database } from '@photostructure/sqlite'
import type { EventState, SkipReason } from '../event.js'
import { type Migration, pendingMigrations } from './migrate.js'
import { boundTo, fromRow, type Row } from './row.js'
import { createSeal } from './seal.js'
import type { ConnectionName, Delivery, Lease, Settlement, Skips, StoredEvent, Verdict } from './store.js'

export interface WorkerSetup {
  file: string
  key: Uint8Array
  migrations: Migration[]
  /** How long to wait for another process's lock. */
  busyMs: number
}

export interface Counted {
  reason: SkipReason
  event: string
  site: string
  at: number
}

const setup = workerData as WorkerSetup
const seal = createSeal(setup.key)
const db = await open(setup)
const examplesKept = 20

// Node has the same interface built in from 22.13 on; before that the package brings it.
async function open({ file, migrations, busyMs }: WorkerSetup): Promise<Database> {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  const builtIn = major > 22 || (major === 22 && minor >= 13)
  const { DatabaseSync } = (await import(builtIn ? 'node:sqlite' : '@photostructure/sqlite')) as {
    DatabaseSync: new (file: string) => Database
  }
  const database = new DatabaseSync(file)
  database.exec(
    `pragma busy_timeout = ${busyMs}; pragma journal_mode = wal; pragma synchronous = full; pragma foreign_keys = on`,
  )
  migrate(database, migrations)
  return database
}

function migrate(database: Database, migrations: Migration[]): void {
  database.exec(
    'create table if not exists migrations (number integer primary key, name text not null) strict',
  )
  const applied = database.prepare('select number from migrations').all() as { number: number }[]
  const pending = pendingMigrations(
    migrations,
    applied.map((row) => row.number),
  )
  for (const { number, name, sql } of pending) {
    database.exec('begin immediate')
    try {
      // The number first: a second process starting now fails here and finds the work done on its next try.
      database.prepare('insert into migrations (number, name) values (?, ?)').run(number, name)
      database.exec(sql)
      database.exec('commit')
    } catch (error) {
      database.exec('rollback')
      throw error
    }
  }
}

const insertEvent = db.prepare(`
  insert into events (site, event, event_id, event_time, received_at, source, skip_reason, body, visitor)
  values (?, ?, ?, ?, ?, ?, ?, ?, ?)
  on conflict (site, event, event_id) do update set
    event_time = excluded.event_time, received_at = excluded.received_at, source = excluded.source,
    skip_reason = null, body = excluded.body, visitor = excluded.visitor
  where events.skip_reason is not null and excluded.skip_reason is null
  returning id`)
const insertDelivery = db.prepare('insert into deliveries (event, site, vendor, due_at) values (?, ?, ?, ?)')
const countSkip = db.prepare(`
  insert into skips (hour, reason, count) values (?, ?, 1)
  on conflict (hour, reason) do update set count = count + 1`)
const insertExample = db.prepare('insert into skip_examples (at, reason, site, event) values (?, ?, ?, ?)')
const trimExamples = db.prepare(`
  delete from skip_examples where reason = ? and id <= (
    select id from skip_examples where reason = ? order by id desc limit 1 offset ?)`)
const claimRows = db.prepare(`
  update deliveries set due_at = ?, lease = ?
  where id in (
    select id from deliveries where site = ? and vendor = ? and state = 'pending' and due_at <= ?
    order by due_at, id limit ?)
  returning id, event, attempts`)
const eventById = db.prepare(`
  select site, event, event_id as eventId, event_time as eventTime, received_at as receivedAt, source, body, visitor
  from events where id = ?`)
const settleRow = db.prepare(`
  update deliveries set state = ?, due_at = coalesce(?, due_at), reason = ?, lease = null,
    attempts = attempts + ?, ambiguous_at = coalesce(ambiguous_at, ?), settled_at = ?
  where id = ? and lease = ? returning event`)
const insertAttempt = db.prepare(`
  insert into attempts (delivery, at, duration_ms, outcome, ambiguous, code, message, request_id)
  values (?, ?, ?, ?, ?, ?, ?, ?)`)
// A failed delivery keeps the visitor: it may be replayed. The rest no longer needs it.
const dropVisitor = db.prepare(`
  update events set visitor = null where id = ? and not exists (
    select 1 from deliveries where event = events.id and state in ('pending', 'failed'))`)
const dueNext = db.prepare(`
  select due_at as dueAt from deliveries where site = ? and vendor = ? and state = 'pending'
  order by due_at limit 1`)
const listEvents = db.prepare(`
  select id, site, event, event_id as eventId, event_time as eventTime, received_at as receivedAt, source,
    skip_reason as skipReason from events where id < ? order by id desc limit ?`)
const deliveriesOf = db.prepare(`
  select vendor, state, due_at as dueAt, attempts, reason from deliveries where event = ? order by id`)
const sumSkips = db.prepare('select reason, sum(count) as count from skips group by reason order by reason')
const beat = db.prepare('insert into heartbeat values (1, ?) on conflict (id) do update set at = excluded.at')

function transaction<T>(work: () => T): T {
  db.exec('begin immediate')
  try {
    const result = work()
    db.exec('commit')
    return result
  } catch (error) {
    // After some errors (a full disk, say) SQLite has rolled back already.
    if (db.isTransaction) db.exec('rollback')
    throw error
  }
}

function insert(row: Row): Verdict {
  const visitor = row.visitor === null ? null : seal.close(row.visitor, boundTo(row))
  const stored = insertEvent.get(
    row.site,
    row.event,
    row.eventId,
    row.eventTime,
    row.receivedAt,
    row.source,
    row.skipReason,
    row.body,
    visitor,
  ) as { id: number } | undefined
  if (!stored) return 'duplicate'
  for (const vendor of row.vendors) insertDelivery.run(stored.id, row.site, vendor, row.receivedAt)
  if (row.skipReason !== null) countSkip.run(Math.floor(row.receivedAt / 3_600_000), row.skipReason)
  return 'stored'
}

function count({ reason, event, site, at }: Counted): void {
  countSkip.run(Math.floor(at / 3_600_000), reason)
  insertExample.run(at, reason, site, event)
  trimExamples.run(reason, reason, examplesKept)
}

/** Codes that say nothing about the row: try the sender later. */
const machineTroubles = new Set([5, 6, 7, 8, 10, 11, 13, 14, 26])
const isMachineTrouble = (error: unknown) =>
  machineTroubles.has(((error as { errcode?: number }).errcode ?? 0) & 0xff)

const calls = {
  append(rows: Row[], counted: Counted[]): Verdict[] {
    try {
      return transaction(() => {
        for (const entry of counted) count(entry)
        return rows.map(insert)
      })
    } catch (error) {
      if (isMachineTrouble(error)) throw error
      // One poison row must not fail its neighbours: each stands alone now.
      return rows.map((row) => {
        try {
          return transaction(() => insert(row))
        } catch (alone) {
          if (isMachineTrouble(alone)) throw alone
          return 'refused'
        }
      })
    }
  },
  claim({ site, vendor }: ConnectionName, now: number, limit: number, leaseMs: number, token: string): Lease {
    return transaction(() => {
      const rows = claimRows.all(now + leaseMs, token, site, vendor, now, limit) as {
        id: number
        event: number
        attempts: number
      }[]
      rows.sort((a, b) => a.id - b.id)
      const deliveries = rows.map(({ id, event, attempts }): Delivery => {
        const { visitor, ...row } = eventById.get(event) as unknown as Row & { visitor: Uint8Array | null }
        const plain = visitor === null ? null : (seal.open(visitor, boundTo(row)) ?? null)
        return { id, attempts, event: fromRow({ ...row, visitor: plain }) }
      })
      return { token, deliveries }
    })
  },
  settle(token: string, settlements: Settlement[], now: number): number {
    return transaction(() => {
      let settled = 0
      for (const { id, state, dueAt, reason, attempt } of settlements) {
        const ambiguousAt = attempt?.ambiguous ? attempt.at : null
        const settledAt = state === 'pending' ? null : now
        const row = settleRow.get(
          state,
          dueAt ?? null,
          reason ?? null,
          attempt ? 1 : 0,
          ambiguousAt,
          settledAt,
          id,
          token,
        ) as { event: number } | undefined
        if (!row) continue
        settled++
        if (attempt) {
          const { at, durationMs, outcome, ambiguous, code, message, requestId } = attempt
          insertAttempt.run(
            id,
            at,
            Math.round(durationMs),
            outcome,
            ambiguous ? 1 : 0,
            code ?? null,
            message ?? null,
            requestId ?? null,
          )
        }
        if (state === 'delivered' || state === 'skipped') dropVisitor.run(row.event)
      }
      return settled
    })
  },
  nextDue({ site, vendor }: ConnectionName): number | undefined {
    return (dueNext.get(site, vendor) as { dueAt: number } | undefined)?.dueAt
  },
  list({ limit, before }: { limit: number; before?: number }): StoredEvent[] {
    const events = listEvents.all(before ?? Number.MAX_SAFE_INTEGER, limit) as unknown as (StoredEvent & {
      skipReason: SkipReason | null
    })[]
    return events.map(({ skipReason, ...event }) => ({
      ...event,
      ...(skipReason !== null && { skipReason }),
      deliveries: (deliveriesOf.all(event.id) as { state: EventState; reason: string | null }[]).map(
        ({ reason, ...delivery }) => ({ ...delivery, ...(reason !== null && { reason }) }),
      ) as StoredEvent['deliveries'],
    }))
  },
  skips: () => sumSkips.all() as unknown as Skips[],
  check(now: number): void {
    beat.run(now)
  },
  close(): void {
    db.close()
  },
}

export type Calls = typeof calls
export type Reply = { id: number; result?: unknown; error?: { message: string; unavailable: boolean } }

const port = parentPort
if (!port) throw new Error('This file runs as a worker thread of the SQLite driver.')
port.on('message', ({ id, call, args }: { id: number; call: keyof Calls; args: unknown[] }) => {
  try {
    const result = (calls[call] as (...args: unknown[]) => unknown)(...args)
    port.postMessage({ id, result } satisfies Reply)
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    port.postMessage({ id, error: { message, unavailable: isMachineTrouble(error) } } satisfies Reply)
  }
  if (call === 'close') port.close()
})
port.postMessage({ id: 0 } satisfies Reply)
