/** Counts what is pending, and removes events. */
import type { Queue, Store } from '../store.js'
import type { Context } from './context.js'

// The lowest id of a connection is its oldest event: ids grow in the order of arrival.
const queues = `
select waiting.site, waiting.vendor, pending, received_at as "oldestAt" from (
  select site, vendor, count(*) as pending, min(event) as event from deliveries where state = 'pending'
  group by site, vendor) waiting
join events on events.id = waiting.event order by waiting.site, waiting.vendor`

// The events in `gone` leave with all rows that belong to them.
const removed = `
, visitors as (
  delete from visitors using gone where event = gone.id
), deliveries as (
  delete from deliveries using gone where event = gone.id
), attempts as (
  delete from attempt_events using gone where event = gone.id
)`

// Ids grow in the order of arrival: no index by time is needed to find the old events. `received_at` is compared
// twice, because an accepted event may have replaced a skipped one meanwhile.
const purge = `
with page as (
  select id, received_at from events where id > $2 order by id limit $3
), gone as (
  delete from events using page where events.id = page.id and events.received_at < $1 and not exists (
    select 1 from deliveries where event = events.id and state = 'pending')
  returning events.id
)${removed}
select (select count(*) from gone) as removed, count(*) filter (where received_at < $1) as old, count(*) as read,
  max(id) as last from page`

// The newest attempt stays, as in SQLite, where the next id is counted from it.
const removeAttempts = `
delete from attempts where at < $1 and id in (
  select id from attempts where id < (select max(id) from attempts) order by id limit $2)
returning id`
const removeAttemptEvents = 'delete from attempt_events where attempt < (select min(id) from attempts)'

// A hash stands in the body as it is, and nothing else has the form of 64 hex digits in quotation marks.
const erase = `
with gone as (
  delete from events where position($1 in body) > 0 returning id
)${removed}
select count(*) as removed from gone`

export function createQueries({
  database,
}: Context): Pick<Store, 'queues' | 'purge' | 'purgeAttempts' | 'erase'> {
  return {
    queues: () => database.query<Queue>(queues),
    async purge(before, after, limit) {
      const [row] = await database.query<{ removed: number; old: number; read: number; last: number | null }>(
        purge,
        [before, after, limit],
      )
      const { removed = 0, old = 0, read = 0, last = null } = row ?? {}
      // A young event may have a lower id than an old one: it replaced a skipped event, or a clock was ahead.
      return last !== null && old > 0 && read === limit ? { removed, next: last } : { removed }
    },
    async purgeAttempts(before, limit) {
      const removed = (await database.query(removeAttempts, [before, limit])).length
      // Reads the whole table, so only once: after the last page.
      if (removed > 0 && removed < limit) await database.query(removeAttemptEvents)
      return removed
    },
    erase: (hash) =>
      database.transaction(async (query) => {
        const [row] = await query<{ removed: number }>(erase, [`"${hash}"`])
        return row?.removed ?? 0
      }),
  }
}
