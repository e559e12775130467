/** Counts what is pending, removes events, and checks that the file takes a commit. Runs in SQLite's thread. */
import type { Sha256 } from '../../event.js'
import type { Purged, Queue } from '../store.js'
import type { Context } from './context.js'

// The lowest id of a connection is its oldest event: ids grow in the order of arrival.
const countQueues = `
  select q.site, q.vendor, q.pending, e.received_at as oldestAt from (
    select site, vendor, count(*) as pending, min(event) as event from deliveries
    where state = 'pending' group by site, vendor) q
  join events e on e.id = q.event`
// Ids grow in the order of arrival: no index by time is needed to find the old events.
const pageOfEvents = `
  select id, received_at as receivedAt, exists (
    select 1 from deliveries where event = events.id and state = 'pending') as waits
  from events where id > ? order by id limit ?`
// Attempts get their ids in the order of time. The newest one stays, because the next id is counted from it.
const removeAttempts = `
  delete from attempts where at < ? and id in (
    select id from attempts where id < (select max(id) from attempts) order by id limit ?)`
const beat = `
  insert into heartbeat values (1, ?, zeroblob(16384))
  on conflict (id) do update set at = excluded.at, filler = excluded.filler`

export function createQueries({ db }: Context) {
  const queues = db.prepare(countQueues)
  const page = db.prepare(pageOfEvents)
  const withText = db.prepare('select id from events where body is not null and instr(body, ?) > 0')
  const deleteAttempts = db.prepare(removeAttempts)
  const deleteAttemptEvents = db.prepare(
    'delete from attempt_events where attempt < (select min(id) from attempts)',
  )
  const deleteEvent = db.prepare('delete from events where id = ?')
  const heartbeat = db.prepare(beat)

  const remove = (rows: readonly { id: number }[]) => {
    for (const { id } of rows) deleteEvent.run(id)
    return rows.length
  }

  return {
    queues: () => queues.all() as unknown as Queue[],
    purge(before: number, after: number, limit: number): Purged {
      const rows = page.all(after, limit) as { id: number; receivedAt: number; waits: number }[]
      const old = rows.filter(({ receivedAt }) => receivedAt < before)
      const removed = remove(old.filter(({ waits }) => waits === 0))
      // A young event may have a lower id than an old one: it replaced a skipped event, or the clock was ahead.
      const last = rows.at(-1)
      return last && old.length > 0 && rows.length === limit ? { removed, next: last.id } : { removed }
    },
    purgeAttempts(before: number, limit: number): number {
      const removed = Number(deleteAttempts.run(before, limit).changes)
      // Reads the whole table, so only once: after the last page.
      if (removed > 0 && removed < limit) deleteAttemptEvents.run()
      return removed
    },
    /** A hash stands in the body as it is, and nothing else has the form of 64 hex digits in quotation marks. */
    erase: (hash: Sha256): number => remove(withText.all(`"${hash}"`) as { id: number }[]),
    check(now: number): void {
      heartbeat.run(now)
    },
  }
}
