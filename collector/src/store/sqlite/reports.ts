/** How SQLite answers what the owner looks at. Runs inside the worker. */
import type { DatabaseSyncInstance as Database } from '@photostructure/sqlite'
import type { EventQuery, Reports } from '../reports.js'
import { detailEvent, lastAttemptOf, listEvents } from '../sql/details.js'
import { listKnocks, listPauses, sumHours, sumValues, sumWaits } from '../sql/hourly-rollups.js'
import type { QuerySteps, Row } from '../sql/query-steps.js'
import type { ConnectionName } from '../store.js'

/** One clock: the file's is ours. */
const ours = (ms: number) => ms

type Span = Parameters<Reports['hours']>[0]

export function createReports(db: Database) {
  const abandonSome = db.prepare(`
    update deliveries set state = 'skipped', reason = 'no_connection', lease = null, settled_at = ?
    where (event, vendor) in (
      select event, vendor from deliveries where state = 'pending' and site = ? order by vendor, due_at limit ?)
    returning event`)
  const dropVisitor = db.prepare(`
    delete from visitors where event = ? and not exists (
      select 1 from deliveries where event = visitors.event and state in ('pending', 'failed'))`)

  function answer<Result>(dialogue: QuerySteps<Result>): Result {
    let step = dialogue.next()
    while (!step.done) {
      const { sql, values } = step.value
      step = dialogue.next(db.prepare(sql.replace(/\$(\d+)/g, '?$1')).all(...values) as Row[])
    }
    return step.value
  }

  return {
    events: (query: EventQuery) => answer(listEvents(query, ours)),
    event: (id: number) => answer(detailEvent(id, ours)),
    hours: (span: Span) => answer(sumHours(span)),
    values: (span: Span) => answer(sumValues(span)),
    waits: (span: Span) => answer(sumWaits(span)),
    knocks: () => answer(listKnocks()),
    pauses: () => answer(listPauses(ours)),
    lastAttempt: ({ site, vendor }: ConnectionName) => answer(lastAttemptOf(site, vendor)),
    /** Up to `limit` of them: others wait for their turn behind it. */
    abandon(site: string, now: number, limit: number): number {
      const ended = abandonSome.all(now, site, limit) as { event: number }[]
      for (const { event } of ended) dropVisitor.run(event)
      return ended.length
    },
  }
}
