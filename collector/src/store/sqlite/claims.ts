/** Hands out deliveries and takes their outcomes back: leases, outcomes, pauses. Runs in SQLite's thread. */
import type { Row } from '../row.js'
import { type ClaimedRow, columnBytes, toDelivery } from '../sql/deliveries.js'
import type { Attempt, ConnectionKey, ConnectionName, Delivery, Lease, Settlement } from '../store.js'
import { subjectKeys } from '../subject-keys.js'
import { verifyChecksum } from './checksum.js'
import type { Context } from './context.js'
import type { CountedEvent, RollupBatch } from './counts.js'
import type { Database } from './database.js'

export const claimRows = `
  update deliveries set due_at = ?, lease = ?
  where vendor = ? and event in (
    select event from (
      select event, row_number() over oldest_first as number, sum(bytes) over oldest_first as bytes from (
        select event, due_at,
          (select octet_length(body) + ${columnBytes} from events where id = deliveries.event) as bytes
        from deliveries where site = ? and vendor = ? and state = 'pending' and due_at <= ?
        order by due_at, event limit ?)
      window oldest_first as (order by due_at, event rows unbounded preceding))
    where number = 1 or bytes <= ?)
  returning event as id, attempts, ambiguous_at as ambiguousAt`
const readEvent = `
  select site, events.event, event_id as eventId, event_time as eventTime, received_at as receivedAt, source, body,
    sealed from events left join visitors on visitors.event = events.id where id = ?`
const nextPending = `
  select due_at as dueAt from deliveries where site = ? and vendor = ? and state = 'pending'
  order by due_at limit 1`
const settleRow = `
  update deliveries set state = ?, due_at = coalesce(?, due_at), reason = ?, lease = null,
    attempts = attempts + ?, first_attempt = coalesce(first_attempt, ?),
    ambiguous_at = coalesce(ambiguous_at, ?), settled_at = ?
  where event = ? and vendor = ? and lease = ? returning attempts`
const insertAttempt = `
  insert into attempts (id, site, vendor, at, duration_ms, outcome, ambiguous, code, message, request_id, event_count)
  select ?, site, ?, ?, ?, ?, ?, ?, ?, ?, ? from events where id = ?`
// The delivery names its first attempt itself, and most have no other.
const insertAttemptEvents = 'insert into attempt_events (event, attempt) select value, ? from json_each(?)'
// A failed delivery may be replayed, so it keeps the visitor as a pending one does.
const dropVisitor = `
  delete from visitors where event = ? and not exists (
    select 1 from deliveries where event = visitors.event and state in ('pending', 'failed'))`
const cancelPending = `
  update deliveries set state = 'skipped', reason = 'no_connection', lease = null, settled_at = ?
  where (event, vendor) in (
    select event, vendor from deliveries where state = 'pending' and site = ? order by vendor, due_at limit ?)
  returning event`
// One statement, so that of several processes one probes. A time beyond the next probe is of a clock set back since.
const takeProbe = `
  update pauses set probe_at = ?1 where site = ?2 and vendor = ?3 and fingerprint = ?4
    and (probe_at <= ?5 or probe_at > ?1)`
const insertPause = `
  insert into pauses (site, vendor, fingerprint, reason, paused_at, probe_at) values (?, ?, ?, ?, ?, ?)
  on conflict (site, vendor) do update set
    paused_at = iif(fingerprint = excluded.fingerprint, paused_at, excluded.paused_at),
    fingerprint = excluded.fingerprint, reason = excluded.reason, probe_at = excluded.probe_at`

const prepareStatements = (db: Database) => ({
  claim: db.prepare(claimRows),
  readEvent: db.prepare(readEvent),
  nextPending: db.prepare(nextPending),
  settleRow: db.prepare(settleRow),
  countedEvent: db.prepare('select site, event, received_at as receivedAt from events where id = ?'),
  nextAttempt: db.prepare('select coalesce(max(id), 0) + 1 as id from attempts'),
  insertAttempt: db.prepare(insertAttempt),
  insertAttemptEvents: db.prepare(insertAttemptEvents),
  dropVisitor: db.prepare(dropVisitor),
  cancelPending: db.prepare(cancelPending),
  pausedUntil: db.prepare(
    'select probe_at as probeAt from pauses where site = ? and vendor = ? and fingerprint = ?',
  ),
  takeProbe: db.prepare(takeProbe),
  insertPause: db.prepare(insertPause),
  deletePause: db.prepare('delete from pauses where site = ? and vendor = ?'),
  anyWithdrawal: db.prepare('select 1 from withdrawals where site = ? limit 1'),
  withdrawnSince: db.prepare('select 1 from withdrawals where site = ? and person = ? and at >= ?'),
})

interface Deps extends Context {
  statements: ReturnType<typeof prepareStatements>
}
type Claimed = Pick<Delivery, 'id' | 'attempts'> & { ambiguousAt: number | null }
/** The most deliveries, and bytes of their stored bodies. */
interface ClaimSize {
  limit: number
  maxBytes: number
}
type PendingRow = { dueAt: number } | undefined

export function createClaims(context: Context) {
  const deps: Deps = { ...context, statements: prepareStatements(context.db) }
  const { statements, storeTimes } = deps
  return {
    claim: (connection: ConnectionKey, now: number, size: ClaimSize, leaseMs: number, token: string) =>
      claim(deps, connection, now, size, leaseMs, token),
    settle: (
      lease: Pick<Lease, 'token' | 'vendor'>,
      settlements: Settlement[],
      now: number,
      attempt?: Attempt,
    ) => settle(deps, lease, settlements, now, attempt),
    nextDue({ site, vendor, fingerprint }: ConnectionKey): number | undefined {
      const next = statements.nextPending.get(site, vendor) as PendingRow
      const pause = statements.pausedUntil.get(site, vendor, fingerprint) as { probeAt: number } | undefined
      return next && Math.max(next.dueAt, pause?.probeAt ?? 0)
    },
    pause({ site, vendor, fingerprint }: ConnectionKey, reason: string, now: number): void {
      statements.insertPause.run(site, vendor, fingerprint, reason, now, now + storeTimes.probeMs)
    },
    resume({ site, vendor }: ConnectionName): void {
      statements.deletePause.run(site, vendor)
    },
    /** Ends up to `limit` pending deliveries: other calls wait meanwhile. */
    cancelPending(site: string, now: number, limit: number): number {
      const ended = statements.cancelPending.all(now, site, limit) as { event: number }[]
      for (const { event } of ended) statements.dropVisitor.run(event)
      return ended.length
    },
  }
}

function claim(
  deps: Deps,
  connection: ConnectionKey,
  now: number,
  size: ClaimSize,
  leaseMs: number,
  token: string,
): Lease {
  const { site, vendor, fingerprint } = connection
  const { pausedUntil, anyWithdrawal } = deps.statements
  const probe = pausedUntil.get(site, vendor, fingerprint) !== undefined
  const lease: Lease = { token, vendor, deliveries: [], probe }
  if (probe && !tryTakeProbe(deps, connection, now, leaseMs)) return lease
  const rows = claimDue(deps, connection, now, probe ? { ...size, limit: 1 } : size, leaseMs, token)
  rows.sort((a, b) => a.id - b.id)
  const deliveries = rows.map((row) => readDelivery(deps, row))
  lease.deliveries = anyWithdrawal.get(site)
    ? deliveries.filter((delivery) => !skipWithdrawn(deps, delivery, lease, now))
    : deliveries
  return lease
}

/** Takes the probe if one is due and a delivery is there for it. @returns whether it did */
function tryTakeProbe(
  { statements, storeTimes }: Deps,
  { site, vendor, fingerprint }: ConnectionKey,
  now: number,
  leaseMs: number,
): boolean {
  const next = statements.nextPending.get(site, vendor) as PendingRow
  if (!next || (next.dueAt > now && !isBeyondLeases(next, now, leaseMs))) return false
  return statements.takeProbe.run(now + storeTimes.probeMs, site, vendor, fingerprint, now).changes > 0
}

/** A claim moves due times ahead by one lease. A time far beyond that is from before the clock was set back. */
const isBeyondLeases = ({ dueAt }: { dueAt: number }, now: number, leaseMs: number) =>
  dueAt > now + 2 * leaseMs

function claimDue(
  { statements }: Deps,
  { site, vendor }: ConnectionKey,
  now: number,
  { limit, maxBytes }: ClaimSize,
  leaseMs: number,
  token: string,
): Claimed[] {
  const claimBy = (dueBy: number) => {
    const rows = statements.claim.all(now + leaseMs, token, vendor, site, vendor, dueBy, limit, maxBytes)
    return rows as unknown as Claimed[]
  }
  const rows = claimBy(now)
  if (rows.length > 0) return rows
  const next = statements.nextPending.get(site, vendor) as PendingRow
  // This process is the only one with leases of this file, so nobody else holds what it takes.
  return next && isBeyondLeases(next, now, leaseMs) ? claimBy(Number.MAX_SAFE_INTEGER) : []
}

function readDelivery({ statements, encryption }: Deps, claimed: Claimed): Delivery {
  const found = statements.readEvent.get(claimed.id) as (Row & Pick<ClaimedRow, 'sealed'>) | undefined
  return toDelivery({ ...verifyChecksum(claimed.id, found), ...claimed }, encryption)
}

/** Skips an event whose sender has withdrawn consent since it arrived. */
function skipWithdrawn({ statements }: Deps, { id, event }: Delivery, lease: Lease, now: number): boolean {
  const { site, receivedAt, user } = event
  const isWithdrawn = (person: string) =>
    statements.withdrawnSince.get(site, person, receivedAt) !== undefined
  if (!subjectKeys(user).some(isWithdrawn)) return false
  statements.settleRow.get('skipped', null, 'consent', 0, null, null, now, id, lease.vendor, lease.token)
  statements.dropVisitor.run(id)
  return true
}

function settle(
  deps: Deps,
  { token, vendor }: Pick<Lease, 'token' | 'vendor'>,
  settlements: readonly Settlement[],
  now: number,
  attempt?: Attempt,
): number {
  const { settleRow, nextAttempt } = deps.statements
  const attemptId = attempt ? (nextAttempt.get() as { id: number }).id : null
  const made = attempt ? 1 : 0
  const ambiguousAt = attempt?.ambiguous ? attempt.at : null
  const batch = deps.startBatch()
  /** Events that had an attempt before this one. */
  const repeated: number[] = []
  const held = settlements.filter(({ id, state, dueAt = null, reason = null }) => {
    const settledAt = state === 'pending' ? null : now
    const row = settleRow.get(
      state,
      dueAt,
      reason,
      made,
      attemptId,
      ambiguousAt,
      settledAt,
      id,
      vendor,
      token,
    )
    if (!row) return false
    if (attempt && (row.attempts as number) > 1) repeated.push(id)
    endDelivery(deps, batch, id, state, now)
    return true
  })
  batch.flush()
  if (attempt && attemptId !== null && held.length > 0) {
    logAttempt(deps, attemptId, attempt, vendor, held)
    if (repeated.length > 0) deps.statements.insertAttemptEvents.run(attemptId, JSON.stringify(repeated))
  }
  return held.length
}

function endDelivery(
  { statements }: Deps,
  batch: RollupBatch,
  id: number,
  state: Settlement['state'],
  now: number,
): void {
  if (state === 'delivered' || state === 'skipped') statements.dropVisitor.run(id)
  if (state !== 'delivered' && state !== 'failed') return
  const event = statements.countedEvent.get(id) as unknown as CountedEvent
  if (state === 'failed') batch.failed(event, 1)
  else batch.delivered(event, now)
}

function logAttempt(
  { statements }: Deps,
  id: number,
  attempt: Attempt,
  vendor: string,
  held: readonly Settlement[],
): void {
  const { at, durationMs, outcome, ambiguous, code = null, message = null, requestId = null } = attempt
  const result = [Math.round(durationMs), outcome, ambiguous ? 1 : 0, code, message, requestId]
  statements.insertAttempt.run(id, vendor, at, ...result, held.length, held[0]?.id ?? 0)
}
