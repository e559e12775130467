/** How PostgreSQL answers what the owner looks at. */

import type { Reports } from '../reports.js'
import { detailEvent, lastAttemptOf, listEvents } from '../sql/details.js'
import { listKnocks, listPauses, readHours, sumHours, sumValues, sumWaits } from '../sql/hourly-rollups.js'
import type { QuerySteps, Row } from '../sql/query-steps.js'
import type { DatabaseClock } from './clock.js'
import type { Database } from './pool.js'

/** In one transaction. */
const abandonedAtOnce = 1_000

const abandon = `
with ended as (
  update deliveries set state = 'skipped', reason = 'no_connection', lease = null, settled_at = $2
  where (event, vendor) in (
    select event, vendor from deliveries where state = 'pending' and site = $1
    order by vendor, due_at, event limit $3 for update)
  returning event, vendor
), gone as (
  delete from visitors using ended where visitors.event = ended.event and not exists (
    select 1 from deliveries where event = visitors.event and state in ('pending', 'failed')
      and (event, vendor) not in (select event, vendor from ended))
)
select count(*) as count from ended`

const functions: Record<string, string> = {
  instr: 'strpos',
  json_array: 'json_build_array',
  json_group_array: 'json_agg',
}

/** The reports name functions as SQLite does. */
export const toPostgres = (sql: string) =>
  sql.replace(/\b(instr|json_array|json_group_array)\b/g, (name) => functions[name] ?? name)

export function createReports({ query }: Database, { fromDatabase }: DatabaseClock): Reports {
  async function answer<Result>(dialogue: QuerySteps<Result>): Promise<Result> {
    let step = dialogue.next()
    while (!step.done) step = dialogue.next(await query<Row>(toPostgres(step.value.sql), step.value.values))
    return step.value
  }
  return {
    events: (asked) => answer(listEvents(asked, fromDatabase)),
    event: (id) => answer(detailEvent(id, fromDatabase)),
    hours: async (span) => readHours(await answer(sumHours(span))),
    values: (span) => answer(sumValues(span)),
    waits: (span) => answer(sumWaits(span)),
    rejectedSamples: () => answer(listKnocks()),
    pauses: () => answer(listPauses(fromDatabase)),
    lastAttempt: ({ site, vendor }) => answer(lastAttemptOf(site, vendor)),
    async cancelPending(site, now) {
      let count = 0
      for (let ended = abandonedAtOnce; ended === abandonedAtOnce; count += ended) {
        const [row] = await query<{ count: number }>(abandon, [site, now, abandonedAtOnce])
        ended = row?.count ?? 0
      }
      return count
    },
  }
}
