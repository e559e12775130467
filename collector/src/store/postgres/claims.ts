/** How PostgreSQL hands out deliveries and takes back what became of them: leases, outcomes, pauses. */
import { randomUUID } from 'node:crypto'
import type { Encryption } from '../encryption.js'
import { associatedData, fromRow, type Row } from '../row.js'
import {
  type Attempt,
  type ConnectionKey,
  type Delivery,
  probeMs,
  type Settlement,
  type Store,
} from '../store.js'
import { subjectKeys } from '../subject-keys.js'
import { type DatabaseClock, databaseNow } from './clock.js'
import { countSettled, keyColumns, type Slots } from './counts.js'
import type { Database } from './pool.js'

const columns = `
  deliveries.event as id, attempts, ambiguous_at as "ambiguousAt", events.site, events.event, event_id as "eventId", event_time as "eventTime",
  received_at as "receivedAt", source, body, sealed,
  exists (select 1 from withdrawals where withdrawals.site = $1) as withdrawals`

export const take = `
with due as (
  select event, vendor from deliveries where site = $1 and vendor = $2 and state = 'pending' and due_at <= $3
  order by due_at, event limit $4 for update skip locked
), deliveries as (
  update deliveries set due_at = $5, lease = $6 from due
  where deliveries.event = due.event and deliveries.vendor = due.vendor
  returning deliveries.event, attempts, ambiguous_at
)
select ${columns} from deliveries join events on events.id = deliveries.event
left join visitors on visitors.event = deliveries.event
order by deliveries.event`

/** What a claim took whose answer was lost on the way. */
const takenUnheard = `
select ${columns} from deliveries join events on events.id = deliveries.event
left join visitors on visitors.event = deliveries.event
where deliveries.site = $1 and vendor = $2 and state = 'pending' and due_at = $3 and lease = $4
order by deliveries.event`

const nextDue = `
select ${databaseNow} as now, due_at as "dueAt", (
  select probe_at from pauses where site = $1 and vendor = $2 and fingerprint = $3) as "probeAt"
from deliveries where site = $1 and vendor = $2 and state = 'pending' order by due_at limit 1`

// Of several collectors one probes: the others wait for its row, and find the time moved on. What is later than
// can be is of a clock set back; the database must say so too, for a collector that slept knows the time badly.
const takeProbe = `
update pauses set probe_at = $4 where site = $1 and vendor = $2 and fingerprint = $3
  and (probe_at <= $5 or probe_at > greatest($5, ${databaseNow}) + $6) and exists (
    select 1 from deliveries where site = $1 and vendor = $2 and state = 'pending'
      and (due_at <= $5 or due_at > greatest($5, ${databaseNow}) + $7))
returning probe_at`

const pause = `
insert into pauses (site, vendor, fingerprint, reason, paused_at, probe_at) values ($1, $2, $3, $4, $5, $6)
on conflict (site, vendor) do update set
  paused_at = case when pauses.fingerprint = excluded.fingerprint then pauses.paused_at else excluded.paused_at end,
  fingerprint = excluded.fingerprint, reason = excluded.reason, probe_at = excluded.probe_at`

// Found by key first, the token looked at afterwards: one token in a million rows without would make the planner
// read all of them. Another vendor's delivery may still need the visitor; a failed one too: it may be replayed.
const counts = countSettled('ended', '$17')
const settle = `
with held as materialized (
  select said.*, deliveries.lease from unnest($3::bigint[], $4::text[], $5::bigint[], $6::text[]) with ordinality
    as said (event, state, due_at, reason, at)
  join deliveries on deliveries.event = said.event and deliveries.vendor = $2 for update of deliveries
), settled as (
  update deliveries set state = held.state, due_at = coalesce(held.due_at, deliveries.due_at), reason = held.reason,
    lease = null, attempts = attempts + $7, ambiguous_at = coalesce(ambiguous_at, $8),
    settled_at = case when held.state = 'pending' then null else $9::bigint end
  from held where deliveries.event = held.event and deliveries.vendor = $2 and held.lease = $1
  returning deliveries.event, deliveries.site, deliveries.state, held.at
), gone as (
  delete from visitors using settled where visitors.event = settled.event
    and settled.state in ('delivered', 'skipped') and not exists (
      select 1 from deliveries where event = visitors.event and vendor <> $2 and state in ('pending', 'failed'))
), logged as (
  insert into attempts (site, vendor, at, duration_ms, outcome, ambiguous, code, message, request_id, events)
  select min(site), $2, $10::bigint, $11::bigint, $12::text, $13::int, $14::bigint, $15::text, $16::text,
    json_agg(event order by at)::text from settled where $10::bigint is not null having count(*) > 0
), ended as materialized (
  select events.site, ${keyColumns('events')}, state, $9::bigint - received_at as wait
  from settled cross join lateral (select * from events where id = settled.event offset 0) events
  where state in ('delivered', 'failed')
), hours_counted as (${counts.hours}
), waits_counted as (${counts.waits}
)
select count(*) as held, array_agg(event) filter (where exists (
  select 1 from deliveries where event = settled.event and vendor <> $2)) as shared from settled`

// Two vendors that settle at the same time do not see each other above; after both have, one of them does.
const dropVisitors = `
delete from visitors where event = any ($1) and not exists (
  select 1 from deliveries where event = visitors.event and state in ('pending', 'failed'))`

type Taken = Row & {
  id: number
  attempts: number
  ambiguousAt: number | null
  sealed: Uint8Array | null
  withdrawals: boolean
}
type Claims = Pick<Store, 'claim' | 'settle' | 'pause' | 'resume' | 'nextDue'>

export function createClaims(
  database: Database,
  seal: Encryption,
  { toDatabase, fromDatabase }: DatabaseClock,
  slots: Slots,
): Claims {
  const { query, once, retried } = database

  function read({ id, attempts, ambiguousAt, sealed, withdrawals: _, ...row }: Taken): Delivery {
    const visitor = sealed === null ? null : (seal.decrypt(sealed, associatedData(row)) ?? null)
    const event = fromRow({ ...row, visitor })
    const unopened = sealed !== null && visitor === null
    return {
      ...{ id, attempts, event },
      ...(ambiguousAt !== null && { ambiguousAt }),
      ...(unopened && { unopened }),
    }
  }

  /** Which of them were sent by somebody who has said no since. */
  async function withdrawn(site: string, deliveries: readonly Delivery[]): Promise<Set<number>> {
    const persons = deliveries.map(({ event }) => subjectKeys(event.user))
    const rows = await query<{ person: string; at: number }>(
      'select person, at from withdrawals where site = $1 and person = any ($2)',
      [site, persons.flat()],
    )
    const since = new Map(rows.map(({ person, at }) => [person, at]))
    const saidNo = ({ event: { receivedAt } }: Delivery, index: number) =>
      persons[index]?.some((person) => (since.get(person) ?? Number.NEGATIVE_INFINITY) >= receivedAt)
    return new Set(deliveries.filter(saidNo).map(({ id }) => id))
  }

  async function settleRows(
    { token, vendor }: { token: string; vendor: string },
    settlements: readonly Settlement[],
    now: number,
    attempt?: Attempt,
  ): Promise<number> {
    const values = [
      token,
      vendor,
      settlements.map(({ id }) => id),
      settlements.map(({ state }) => state),
      settlements.map(({ dueAt }) => (dueAt === undefined ? null : toDatabase(dueAt))),
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
      query<{ held: number; shared: number[] | null }>(settle, [...values, slot]),
    )
    if (row?.shared) await query(dropVisitors, [row.shared])
    return row?.held ?? 0
  }

  return {
    async claim({ site, vendor, fingerprint }, now, limit, leaseMs) {
      const token = randomUUID()
      const at = toDatabase(now)
      const credentials = [site, vendor, fingerprint]
      const paused = 'select 1 from pauses where site = $1 and vendor = $2 and fingerprint = $3'
      const probe = (await query(paused, credentials)).length > 0
      const lease = { token, vendor, deliveries: [] as Delivery[], probe }
      const tooLong = 2 * leaseMs
      const times = [at + probeMs, at, probeMs, tooLong]
      if (probe && (await query(takeProbe, [...credentials, ...times])).length === 0) return lease
      const until = at + leaseMs
      const takeDue = (dueBy: number) =>
        retried(async (again) => {
          const unheard = again ? await once<Taken>(takenUnheard, [site, vendor, until, token]) : []
          return unheard.length > 0
            ? unheard
            : once<Taken>(take, [site, vendor, dueBy, probe ? 1 : limit, until, token])
        })
      let rows = await takeDue(at)
      if (rows.length === 0) {
        // Nothing is ever made due later than by a lease: the database's clock was set back since.
        const [next] = await query<{ dueAt: number; now: number }>(nextDue, credentials)
        if (next && next.dueAt > Math.max(at, next.now) + tooLong)
          rows = await takeDue(Number.MAX_SAFE_INTEGER)
      }
      lease.deliveries = rows.map(read)
      if (!rows[0]?.withdrawals) return lease
      const refused = await withdrawn(site, lease.deliveries)
      const skips = [...refused].map((id): Settlement => ({ id, state: 'skipped', reason: 'consent' }))
      if (skips.length > 0) await settleRows(lease, skips, now)
      lease.deliveries = lease.deliveries.filter(({ id }) => !refused.has(id))
      return lease
    },
    settle: settleRows,
    async pause({ site, vendor, fingerprint }, reason, now) {
      await query(pause, [site, vendor, fingerprint, reason, now, toDatabase(now + probeMs)])
    },
    async resume({ site, vendor }) {
      await query('delete from pauses where site = $1 and vendor = $2', [site, vendor])
    },
    async nextDue({ site, vendor, fingerprint }: ConnectionKey) {
      const [row] = await query<{ dueAt: number; probeAt: number | null }>(nextDue, [
        site,
        vendor,
        fingerprint,
      ])
      return row && fromDatabase(Math.max(row.dueAt, row.probeAt ?? Number.NEGATIVE_INFINITY))
    },
  }
}
