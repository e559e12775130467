/** What the SQLite driver can show of its tables, and what it clears away. Runs inside the worker. */
import type { DatabaseSyncInstance as Database } from '@photostructure/sqlite'
import type { EventState, Sha256, SkipReason } from '../../event.js'
import {
  ambiguousRetryWindowMs,
  type Purged,
  type Queue,
  type Replay,
  type Replayed,
  type Skips,
  type StoredEvent,
} from '../store.js'
import type { CountedEvent, RollupBatch } from './counts.js'

export function createQueries(db: Database, startTally: () => RollupBatch) {
  const listEvents = db.prepare(`
  select id, site, event, event_id as eventId, event_time as eventTime, received_at as receivedAt, source,
    skip_reason as skipReason from events where id < ? order by id desc limit ?`)
  const deliveriesOf = db.prepare(`
  select vendor, state, due_at as dueAt, attempts, reason from deliveries where event = ? order by vendor`)
  const sumSkips = db.prepare('select reason, sum(count) as count from skips group by reason order by reason')
  // The rows of a connection are in the order of their arrival, so the lowest one is the oldest.
  const countQueues = db.prepare(`
    select q.site, q.vendor, q.pending, e.received_at as oldestAt from (
      select site, vendor, count(*) as pending, min(event) as event from deliveries
      where state = 'pending' group by site, vendor) q
    join events e on e.id = q.event`)
  // Rows lie in the order of their arrival: no index by time is needed to find the old ones.
  const nextEvents = db.prepare(`
    select id, received_at as receivedAt, exists (
      select 1 from deliveries where event = events.id and state = 'pending') as waits
    from events where id > ? order by id limit ?`)
  const eventsOf = db.prepare('select id from events where body is not null and instr(body, ?) > 0')
  const failedOf = db.prepare(`
    select d.event as id, d.vendor, d.ambiguous_at as ambiguousAt, e.site, e.event, e.received_at as receivedAt
    from deliveries d join events e on e.id = d.event where d.event = ? and d.state = 'failed'`)
  const failedIn = db.prepare(`
    select d.event as id, d.vendor, d.ambiguous_at as ambiguousAt, e.site, e.event, e.received_at as receivedAt
    from deliveries d join events e on e.id = d.event
    where d.state = 'failed' and e.received_at between ? and ?
      and e.site = coalesce(?, e.site) and e.event = coalesce(?, e.event)`)
  // A doubt that the owner was warned of they take upon themselves; a younger one ends the tries in its time.
  const makePending = db.prepare(`
    update deliveries set state = 'pending', due_at = ?, lease = null, reason = 'replay', ambiguous_at = ?,
      settled_at = null, replayed = 1 where event = ? and vendor = ?`)
  const deleteEvent = db.prepare('delete from events where id = ?')
  const remove = (rows: Record<string, unknown>[]) => {
    for (const { id } of rows) deleteEvent.run(id as number)
    return rows.length
  }

  return {
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
    queues: () => countQueues.all() as unknown as Queue[],
    skips: () => sumSkips.all() as unknown as Skips[],
    replay(which: Replay, now: number): Replayed {
      const failed = (
        'ids' in which
          ? which.ids.flatMap((id) => failedOf.all(id))
          : failedIn.all(which.since, which.until, which.site ?? null, which.event ?? null)
      ) as (CountedEvent & { id: number; vendor: string; ambiguousAt: number | null })[]
      const tally = startTally()
      let mayCountTwice = 0
      for (const { id, vendor, ambiguousAt, ...event } of failed) {
        const isOld = ambiguousAt !== null && now - ambiguousAt > ambiguousRetryWindowMs
        if (isOld) mayCountTwice++
        makePending.run(now, isOld ? null : ambiguousAt, id, vendor)
        tally.failed(event, -1)
      }
      tally.flush()
      return { count: failed.length, mayCountTwice }
    },
    purge(before: number, after: number, limit: number): Purged {
      const rows = nextEvents.all(after, limit) as { id: number; receivedAt: number; waits: number }[]
      const old = rows.filter(({ receivedAt }) => receivedAt < before)
      const removed = remove(old.filter(({ waits }) => waits === 0))
      // A young row may stand before old ones: a skipped event gave way to it, or a clock was ahead.
      const last = rows.at(-1)
      return last && old.length > 0 && rows.length === limit ? { removed, next: last.id } : { removed }
    },
    // A hash stands in the body as it is: 64 hex digits that nothing else has.
    erase: (hash: Sha256): number => remove(eventsOf.all(`"${hash}"`)),
  }
}
