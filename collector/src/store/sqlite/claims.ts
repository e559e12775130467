/** What the SQLite driver does with its tables: every statement of it, each prepared once. Runs inside the worker. */
import type { DatabaseSyncInstance as Database } from '@photostructure/sqlite'
import type { Encryption } from '../encryption.js'
import { associatedData, fromRow, type Row } from '../row.js'
import {
  type Attempt,
  type ConnectionKey,
  type ConnectionName,
  type Delivery,
  type Lease,
  probeMs,
  type Settlement,
} from '../store.js'
import { subjectKeys } from '../subject-keys.js'
import { createAppend } from './append.js'
import { verifyChecksum } from './checksum.js'
import { type CountedEvent, createCounts } from './counts.js'
import { createQueries } from './queries.js'
import { createRecords } from './records.js'
import { createReports } from './reports.js'
import type { Savepoint } from './savepoint.js'

export type Calls = ReturnType<typeof createCalls>

interface Claimed {
  event: number
  attempts: number
  ambiguousAt: number | null
}

export const claimRows = `
  update deliveries set due_at = ?, lease = ?
  where vendor = ? and event in (
    select event from deliveries where site = ? and vendor = ? and state = 'pending' and due_at <= ?
    order by due_at, event limit ?)
  returning event, attempts, ambiguous_at as ambiguousAt`

/** The calls of the driver; all of them run inside a transaction of the caller. */
export function createCalls(db: Database, seal: Encryption, alone: Savepoint) {
  const claim = db.prepare(claimRows)
  const eventById = db.prepare(`
  select site, events.event, event_id as eventId, event_time as eventTime, received_at as receivedAt, source, body,
    sealed as visitor from events left join visitors on visitors.event = events.id where id = ?`)
  const settleRow = db.prepare(`
  update deliveries set state = ?, due_at = coalesce(?, due_at), reason = ?, lease = null,
    attempts = attempts + ?, ambiguous_at = coalesce(ambiguous_at, ?), settled_at = ?
  where event = ? and vendor = ? and lease = ? returning attempts`)
  const insertAttempt = db.prepare(`
    insert into attempts (site, vendor, at, duration_ms, outcome, ambiguous, code, message, request_id, events)
    select site, ?, ?, ?, ?, ?, ?, ?, ?, ? from events where id = ?`)
  // A failed delivery keeps the visitor: it may be replayed. The rest no longer needs it.
  const dropVisitor = db.prepare(`
    delete from visitors where event = ? and not exists (
      select 1 from deliveries where event = visitors.event and state in ('pending', 'failed'))`)
  const dueNext = db.prepare(`
  select due_at as dueAt from deliveries where site = ? and vendor = ? and state = 'pending'
  order by due_at limit 1`)
  const pausedUntil = db.prepare(
    'select probe_at as probeAt from pauses where site = ? and vendor = ? and fingerprint = ?',
  )
  // One statement, so that of several collectors one probes. A later time than the next one is of a clock set back.
  const takeProbe = db.prepare(`
    update pauses set probe_at = ?1 where site = ?2 and vendor = ?3 and fingerprint = ?4
      and (probe_at <= ?5 or probe_at > ?1)`)
  const insertPause = db.prepare(`
    insert into pauses (site, vendor, fingerprint, reason, paused_at, probe_at) values (?, ?, ?, ?, ?, ?)
    on conflict (site, vendor) do update set
      paused_at = iif(fingerprint = excluded.fingerprint, paused_at, excluded.paused_at),
      fingerprint = excluded.fingerprint, reason = excluded.reason, probe_at = excluded.probe_at`)
  const anyWithdrawal = db.prepare('select 1 from withdrawals where site = ? limit 1')
  const withdrawnSince = db.prepare('select 1 from withdrawals where site = ? and person = ? and at >= ?')
  const deletePause = db.prepare('delete from pauses where site = ? and vendor = ?')
  const beat = db.prepare(
    `insert into heartbeat values (1, ?, zeroblob(16384))
    on conflict (id) do update set at = excluded.at, filler = excluded.filler`,
  )

  const eventOf = db.prepare('select site, event, received_at as receivedAt from events where id = ?')
  const startTally = createCounts(db)

  function read({ event: id, attempts, ambiguousAt }: Claimed): Delivery {
    type Found = Row & { visitor: Uint8Array | null }
    const { visitor, ...row } = verifyChecksum(id, eventById.get(id) as Found | undefined)
    const plain = visitor === null ? null : (seal.decrypt(visitor, associatedData(row)) ?? null)
    const event = fromRow({ ...row, visitor: plain })
    const unopened = visitor !== null && plain === null
    return {
      ...{ id, attempts, event },
      ...(ambiguousAt !== null && { ambiguousAt }),
      ...(unopened && { unopened }),
    }
  }

  /** An event from before its sender said no is not sent any more. */
  function skipWithdrawn({ id, event }: Delivery, { token, vendor }: Lease, now: number): boolean {
    const { site, receivedAt, user } = event
    if (!subjectKeys(user).some((person) => withdrawnSince.get(site, person, receivedAt))) return false
    settleRow.get('skipped', null, 'consent', 0, null, now, id, vendor, token)
    dropVisitor.run(id)
    return true
  }

  function log(attempt: Attempt, vendor: string, events: readonly number[]): void {
    const { at, durationMs, outcome, ambiguous, code = null, message = null, requestId = null } = attempt
    const ms = Math.round(durationMs)
    const list = JSON.stringify(events)
    const [first = 0] = events
    insertAttempt.run(vendor, at, ms, outcome, ambiguous ? 1 : 0, code, message, requestId, list, first)
  }

  return {
    ...createQueries(db, startTally),
    ...createRecords(db, seal),
    ...createReports(db),
    append: createAppend(db, seal, alone, startTally),
    claim(connection: ConnectionKey, now: number, limit: number, leaseMs: number, token: string): Lease {
      const { site, vendor, fingerprint } = connection
      const probe = pausedUntil.get(site, vendor, fingerprint) !== undefined
      const lease: Lease = { token, vendor, deliveries: [], probe }
      if (probe) {
        const due = dueNext.get(site, vendor) as { dueAt: number } | undefined
        if (!due || (due.dueAt > now && due.dueAt <= now + 2 * leaseMs)) return lease
        if (takeProbe.run(now + probeMs, site, vendor, fingerprint, now).changes === 0) return lease
      }
      const take = (dueBy: number) =>
        claim.all(
          now + leaseMs,
          token,
          vendor,
          site,
          vendor,
          dueBy,
          probe ? 1 : limit,
        ) as unknown as Claimed[]
      let rows = take(now)
      if (rows.length === 0) {
        // Nothing is ever made due later than by a lease: the clock was set back since, and nobody else has one here.
        const next = dueNext.get(site, vendor) as { dueAt: number } | undefined
        if (next && next.dueAt > now + 2 * leaseMs) rows = take(Number.MAX_SAFE_INTEGER)
      }
      rows.sort((a, b) => a.event - b.event)
      const deliveries = rows.map(read)
      lease.deliveries = anyWithdrawal.get(site)
        ? deliveries.filter((one) => !skipWithdrawn(one, lease, now))
        : deliveries
      return lease
    },
    pause({ site, vendor, fingerprint }: ConnectionKey, reason: string, now: number): void {
      insertPause.run(site, vendor, fingerprint, reason, now, now + probeMs)
    },
    resume({ site, vendor }: ConnectionName): void {
      deletePause.run(site, vendor)
    },
    settle(token: string, vendor: string, settlements: Settlement[], now: number, attempt?: Attempt): number {
      const ambiguousAt = attempt?.ambiguous ? attempt.at : null
      const tried = attempt ? 1 : 0
      const tally = startTally()
      const held = settlements.filter(({ id, state, dueAt = null, reason = null }) => {
        const settledAt = state === 'pending' ? null : now
        const row = settleRow.get(state, dueAt, reason, tried, ambiguousAt, settledAt, id, vendor, token)
        if (row && (state === 'delivered' || state === 'skipped')) dropVisitor.run(id)
        if (row && (state === 'delivered' || state === 'failed')) {
          const event = eventOf.get(id) as unknown as CountedEvent
          if (state === 'failed') tally.failed(event, 1)
          else tally.delivered(event, now)
        }
        return row !== undefined
      })
      tally.flush()
      const ids = held.map(({ id }) => id)
      if (attempt && ids.length > 0) log(attempt, vendor, ids)
      return ids.length
    },
    nextDue({ site, vendor, fingerprint }: ConnectionKey): number | undefined {
      const due = dueNext.get(site, vendor) as { dueAt: number } | undefined
      const pause = pausedUntil.get(site, vendor, fingerprint) as { probeAt: number } | undefined
      return due && Math.max(due.dueAt, pause?.probeAt ?? 0)
    },
    check(now: number): void {
      beat.run(now)
    },
  }
}
