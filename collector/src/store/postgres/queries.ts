/** What PostgreSQL can show of its tables, and what it clears away. */

import type { Queue, Skips, Store, StoredEvent } from '../store.js'
import type { DatabaseClock } from './clock.js'
import type { Database } from './pool.js'

const list = `
select id, site, event, event_id as "eventId", event_time as "eventTime", received_at as "receivedAt", source,
  skip_reason as "skipReason" from events where id < $1 order by id desc limit $2`

const deliveriesOf = `
select event as id, vendor, state, due_at as "dueAt", attempts, reason from deliveries where event = any ($1)
order by vendor`

// The rows of a connection are in the order of their arrival, so the lowest one is the oldest.
const queues = `
select waiting.site, waiting.vendor, pending, received_at as "oldestAt" from (
  select site, vendor, count(*) as pending, min(event) as event from deliveries where state = 'pending'
  group by site, vendor) waiting
join events on events.id = waiting.event order by waiting.site, waiting.vendor`

const skips = 'select reason, sum(count)::bigint as count from skips group by reason order by reason'

// Rows lie in the order of their arrival: no index by time is needed to find the old ones. The second look at
// received_at is for an event that an accepted one has replaced meanwhile.
const purge = `
with page as (
  select id, received_at from events where id > $2 order by id limit $3
), gone as (
  delete from events using page where events.id = page.id and events.received_at < $1 and not exists (
    select 1 from deliveries where event = events.id and state = 'pending')
  returning events.id
), visitors as (
  delete from visitors using gone where event = gone.id
), deliveries as (
  delete from deliveries using gone where event = gone.id
)
select (select count(*) from gone) as removed, count(*) filter (where received_at < $1) as old, count(*) as looked,
  max(id) as last from page`

// A hash stands in the body as it is: 64 hex digits that nothing else has.
const erase = `
with gone as (
  delete from events where position($1 in body) > 0 returning id
), visitors as (
  delete from visitors using gone where event = gone.id
), deliveries as (
  delete from deliveries using gone where event = gone.id
)
select count(*) as removed from gone`

type Views = Pick<Store, 'list' | 'queues' | 'skips' | 'purge' | 'erase'>
type ListedDelivery = StoredEvent['deliveries'][number] & { id: number; reason: string | null }

export function createQueries({ query, transaction }: Database, { fromDatabase }: DatabaseClock): Views {
  return {
    async list({ limit, before }) {
      const events = await query<
        Omit<StoredEvent, 'skipReason'> & { skipReason: StoredEvent['skipReason'] | null }
      >(list, [before ?? Number.MAX_SAFE_INTEGER, limit])
      const byEvent = new Map(events.map(({ id }) => [id, [] as StoredEvent['deliveries']]))
      const deliveries = await query<ListedDelivery>(deliveriesOf, [[...byEvent.keys()]])
      for (const { id, reason, dueAt, ...delivery } of deliveries) {
        const shown = { ...delivery, dueAt: fromDatabase(dueAt), ...(reason !== null && { reason }) }
        byEvent.get(id)?.push(shown)
      }
      return events.map(({ skipReason, ...event }) => ({
        ...event,
        ...(skipReason && { skipReason }),
        deliveries: byEvent.get(event.id) ?? [],
      }))
    },
    queues: () => query<Queue>(queues),
    skips: () => query<Skips>(skips),
    async purge(before, after, limit) {
      const [row] = await query<{ removed: number; old: number; looked: number; last: number | null }>(
        purge,
        [before, after, limit],
      )
      const { removed = 0, old = 0, looked = 0, last = null } = row ?? {}
      // A young row may stand before old ones: a skipped event gave way to it, or a clock was ahead.
      return last !== null && old > 0 && looked === limit ? { removed, next: last } : { removed }
    },
    erase: (hash) =>
      transaction(async (long) => {
        const [row] = await long<{ removed: number }>(erase, [`"${hash}"`])
        return row?.removed ?? 0
      }),
  }
}
