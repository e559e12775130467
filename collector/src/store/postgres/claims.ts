/** Hands out deliveries and takes their outcomes back: leases, outcomes, pauses. */
import { randomUUID } from 'node:crypto'
import { type ClaimedRow, columnBytes, toDelivery } from '../sql/deliveries.js'
import type { Attempt, ConnectionKey, Delivery, Lease, Settlement, Store } from '../store.js'
import { subjectKeys } from '../subject-keys.js'
import { databaseNow } from './clock.js'
import type { Context } from './context.js'
import { countSettled, keyColumns } from './counts.js'

const columns = `
  deliveries.event as id, attempts, ambiguous_at as "ambiguousAt", events.site, events.event,
  event_id as "eventId", event_time as "eventTime", received_at as "receivedAt", source, body, sealed,
  exists (select 1 from withdrawals where withdrawals.site = $1) as "anyWithdrawal"`

export const claimRows = `
with due as materialized (
  select event, vendor, due_at,
    (select octet_length(body) + ${columnBytes} from events where id = deliveries.event) as bytes
  from deliveries where site = $1 and vendor = $2 and state = 'pending' and due_at <= $3
  order by due_at, event limit $4 for update skip locked
), fitting as (
  select event, vendor from (
    select event, vendor, row_number() over oldest_first as number, sum(bytes) over oldest_first as bytes from due
    window oldest_first as (order by due_at, event rows unbounded preceding)) counted
  where number = 1 or bytes <= $7
), deliveries as (
  update deliveries set due_at = $5, lease = $6 from fitting
  where deliveries.event = fitting.event and deliveries.vendor = fitting.vendor
  returning deliveries.event, attempts, ambiguous_at
)
select ${columns} from deliveries join events on events.id = deliveries.event
left join visitors on visitors.event = deliveries.event
order by deliveries.event`

/** The deliveries of a claim whose answer was lost. */
const claimedRows = `
select ${columns} from deliveries join events on events.id = deliveries.event
left join visitors on visitors.event = deliveries.event
where deliveries.site = $1 and vendor = $2 and state = 'pending' and due_at = $3 and lease = $4
order by deliveries.event`

const nextPending = `
select ${databaseNow} as now, due_at as "dueAt", (
  select probe_at from pauses where site = $1 and vendor = $2 and fingerprint = $3) as "probeAt"
from deliveries where site = $1 and vendor = $2 and state = 'pending' order by due_at limit 1`

const isPaused = 'select 1 from pauses where site = $1 and vendor = $2 and fingerprint = $3'

// Of several collectors one probes: the others wait for its row, and find the time moved on. Times beyond the next
// probe or lease are of a clock set back. The database's own clock must confirm that: after a process was suspended,
// its idea of the database's time is old.
const takeProbe = `
update pauses set probe_at = $4 where site = $1 and vendor = $2 and fingerprint = $3
  and (probe_at <= $5 or probe_at > greatest($5, ${databaseNow}) + $6) and exists (
    select 1 from deliveries where site = $1 and vendor = $2 and state = 'pending'
      and (due_at <= $5 or due_at > greatest($5, ${databaseNow}) + $7))
returning probe_at`

const insertPause = `
insert into pauses (site, vendor, fingerprint, reason, paused_at, probe_at) values ($1, $2, $3, $4, $5, $6)
on conflict (site, vendor) do update set
  paused_at = case when pauses.fingerprint = excluded.fingerprint then pauses.paused_at else excluded.paused_at end,
  fingerprint = excluded.fingerprint, reason = excluded.reason, probe_at = excluded.probe_at`

// Rows are found by key, and the token is compared afterwards: with the token in the condition the planner would read
// a million rows without one. Another vendor's delivery may still need the visitor, and so may a failed one, which can
// be replayed.
const counts = countSettled('ended', '$17')
const settleRows = `
with attempt as materialized (
  select nextval('attempts_id_seq') as id where $10::bigint is not null
), held as materialized (
  select settlements.*, deliveries.lease
  from unnest($3::bigint[], $4::text[], $5::bigint[], $6::text[])
    as settlements (event, state, due_at, reason)
  join deliveries on deliveries.event = settlements.event and deliveries.vendor = $2 for update of deliveries
), settled as (
  update deliveries set state = held.state, due_at = coalesce(held.due_at, deliveries.due_at), reason = held.reason,
    lease = null, attempts = attempts + $7, first_attempt = coalesce(first_attempt, (select id from attempt)),
    ambiguous_at = coalesce(ambiguous_at, $8),
    settled_at = case when held.state = 'pending' then null else $9::bigint end
  from held where deliveries.event = held.event and deliveries.vendor = $2 and held.lease = $1
  returning deliveries.event, deliveries.site, deliveries.state, attempts
), dropped as (
  delete from visitors using settled where visitors.event = settled.event
    and settled.state in ('delivered', 'skipped') and not exists (
      select 1 from deliveries where event = visitors.event and vendor <> $2 and state in ('pending', 'failed'))
), logged as (
  insert into attempts (id, site, vendor, at, duration_ms, outcome, ambiguous, code, message, request_id, event_count)
  select id, min(site), $2, $10::bigint, $11::bigint, $12::text, $13::int, $14::bigint, $15::text, $16::text,
    count(*) from attempt cross join settled group by id
), repeated as (
  insert into attempt_events (event, attempt)
  select event, id from attempt cross join settled where attempts > 1 order by 1
), ended as materialized (
  select events.site, ${keyColumns('events')}, state, $9::bigint - received_at as wait
  from settled cross join lateral (select * from events where id = settled.event offset 0) events
  where state in ('delivered', 'failed')
), hours_counted as (${counts.hours}
), waits_counted as (${counts.waits}
)
select count(*) as held, array_agg(event) filter (where exists (
  select 1 from deliveries where event = settled.event and vendor <> $2)) as shared from settled`

// Two vendors that settle at the same time do not see each other's rows above. Afterwards one of them does.
const dropVisitors = `
delete from visitors where event = any ($1) and not exists (
  select 1 from deliveries where event = visitors.event and state in ('pending', 'failed'))`

const cancelPending = `
with ended as (
  update deliveries set state = 'skipped', reason = 'no_connection', lease = null, settled_at = $2
  where (event, vendor) in (
    select event, vendor from deliveries where state = 'pending' and site = $1
    order by vendor, due_at, event limit $3 for update)
  returning event, vendor
), dropped as (
  delete from visitors using ended where visitors.event = ended.event and not exists (
    select 1 from deliveries where event = visitors.event and state in ('pending', 'failed')
      and (event, vendor) not in (select event, vendor from ended))
)
select count(*) as count from ended`

/** In one transaction. */
const maxCancelledAtOnce = 1_000

type Row = ClaimedRow & { anyWithdrawal: boolean }
/** The most deliveries, and bytes of their stored bodies. */
interface ClaimSize {
  limit: number
  maxBytes: number
}
type Claims = Pick<Store, 'claim' | 'settle' | 'pause' | 'resume' | 'nextDue' | 'cancelPending'>

export function createClaims(context: Context): Claims {
  const { database, databaseClock, storeTimes } = context
  const { toDatabase, fromDatabase } = databaseClock
  return {
    claim: (connection, now, limit, leaseMs, maxBytes = Number.MAX_SAFE_INTEGER) =>
      claim(context, connection, now, { limit, maxBytes }, leaseMs),
    settle: (lease, settlements, now, attempt) => settle(context, lease, settlements, now, attempt),
    async pause({ site, vendor, fingerprint }, reason, now) {
      const probeAt = toDatabase(now + storeTimes.probeMs)
      await database.query(insertPause, [site, vendor, fingerprint, reason, now, probeAt])
    },
    async resume({ site, vendor }) {
      await database.query('delete from pauses where site = $1 and vendor = $2', [site, vendor])
    },
    async nextDue({ site, vendor, fingerprint }) {
      const [row] = await database.query<{ dueAt: number; probeAt: number | null }>(nextPending, [
        site,
        vendor,
        fingerprint,
      ])
      return row && fromDatabase(Math.max(row.dueAt, row.probeAt ?? Number.NEGATIVE_INFINITY))
    },
    async cancelPending(site, now) {
      let count = 0
      for (let ended = maxCancelledAtOnce; ended === maxCancelledAtOnce; count += ended) {
        const [row] = await database.query<{ count: number }>(cancelPending, [site, now, maxCancelledAtOnce])
        ended = row?.count ?? 0
      }
      return count
    },
  }
}

async function claim(
  context: Context,
  connection: ConnectionKey,
  now: number,
  size: ClaimSize,
  leaseMs: number,
): Promise<Lease> {
  const { database, databaseClock, encryption } = context
  const { site, vendor, fingerprint } = connection
  const probe = (await database.query(isPaused, [site, vendor, fingerprint])).length > 0
  const lease: Lease = { token: randomUUID(), vendor, deliveries: [], probe }
  const at = databaseClock.toDatabase(now)
  if (probe && !(await tryTakeProbe(context, connection, at, leaseMs))) return lease
  const taken = probe ? { ...size, limit: 1 } : size
  const rows = await claimDue(context, connection, lease.token, at, taken, leaseMs)
  lease.deliveries = rows.map((row) => toDelivery(row, encryption))
  if (rows[0]?.anyWithdrawal) await skipWithdrawn(context, site, lease, now)
  return lease
}

/** Whether a probe is due and a delivery is there for it. @param at the database's time */
async function tryTakeProbe(
  { database, storeTimes: { probeMs } }: Context,
  { site, vendor, fingerprint }: ConnectionKey,
  at: number,
  leaseMs: number,
): Promise<boolean> {
  const values = [site, vendor, fingerprint, at + probeMs, at, probeMs, 2 * leaseMs]
  return (await database.query(takeProbe, values)).length > 0
}

/** @param at the database's time */
async function claimDue(
  { database }: Context,
  { site, vendor, fingerprint }: ConnectionKey,
  token: string,
  at: number,
  { limit, maxBytes }: ClaimSize,
  leaseMs: number,
): Promise<Row[]> {
  const until = at + leaseMs
  const claimBy = (dueBy: number) =>
    database.retried(async (isRetry) => {
      const claimed = isRetry ? await database.once<Row>(claimedRows, [site, vendor, until, token]) : []
      if (claimed.length > 0) return claimed
      return database.once<Row>(claimRows, [site, vendor, dueBy, limit, until, token, maxBytes])
    })
  const rows = await claimBy(at)
  if (rows.length > 0) return rows
  // No delivery becomes due later than by a lease: where one is, the database's clock was set back since.
  const [next] = await database.query<{ dueAt: number; now: number }>(nextPending, [
    site,
    vendor,
    fingerprint,
  ])
  const isBeyondLeases = next !== undefined && next.dueAt > Math.max(at, next.now) + 2 * leaseMs
  return isBeyondLeases ? claimBy(Number.MAX_SAFE_INTEGER) : []
}

/** Skips the events whose sender has withdrawn consent since they arrived, and takes them out of the lease. */
async function skipWithdrawn(context: Context, site: string, lease: Lease, now: number): Promise<void> {
  const withdrawn = await findWithdrawn(context, site, lease.deliveries)
  const settlements = [...withdrawn].map((id): Settlement => ({ id, state: 'skipped', reason: 'consent' }))
  if (settlements.length > 0) await settle(context, lease, settlements, now)
  lease.deliveries = lease.deliveries.filter(({ id }) => !withdrawn.has(id))
}

async function findWithdrawn(
  { database }: Context,
  site: string,
  deliveries: readonly Delivery[],
): Promise<Set<number>> {
  const keys = deliveries.map(({ event }) => subjectKeys(event.user))
  const rows = await database.query<{ person: string; at: number }>(
    'select person, at from withdrawals where site = $1 and person = any ($2)',
    [site, keys.flat()],
  )
  const withdrawnAt = new Map(rows.map(({ person, at }) => [person, at]))
  const isWithdrawn = ({ event: { receivedAt } }: Delivery, index: number) =>
    keys[index]?.some((key) => (withdrawnAt.get(key) ?? Number.NEGATIVE_INFINITY) >= receivedAt)
  return new Set(deliveries.filter(isWithdrawn).map(({ id }) => id))
}

async function settle(
  { database, databaseClock, slots }: Context,
  { token, vendor }: Pick<Lease, 'token' | 'vendor'>,
  settlements: readonly Settlement[],
  now: number,
  attempt?: Attempt,
): Promise<number> {
  const values = [
    token,
    vendor,
    settlements.map(({ id }) => id),
    settlements.map(({ state }) => state),
    settlements.map(({ dueAt }) => (dueAt === undefined ? null : databaseClock.toDatabase(dueAt))),
    settlements.map(({ reason = null }) => reason),
    attempt ? 1 : 0,
    attempt?.ambiguous ? attempt.at : null,
    now,
    attempt?.at ?? null,
    Math.round(attempt?.durationMs ?? 0),
    attempt?.outcome ?? null,
    attempt?.ambiguous ? 1 : 0,
    attempt?.code ?? null,
    attempt?.message ?? null,
    attempt?.requestId ?? null,
  ]
  const [row] = await slots.use((slot) =>
    database.query<{ held: number; shared: number[] | null }>(settleRows, [...values, slot]),
  )
  if (row?.shared) await database.query(dropVisitors, [row.shared])
  return row?.held ?? 0
}
