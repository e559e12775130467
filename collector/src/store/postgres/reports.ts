/** Answers the reports. */
import type { Reports } from '../reports.js'
import { detailEvent, lastAttemptOf, listEvents } from '../sql/details.js'
import { listPauses, readHours, sumHours, sumValues, sumWaits } from '../sql/hourly-rollups.js'
import type { QuerySteps, Row } from '../sql/query-steps.js'
import { listRejectedSamples } from '../sql/rejected-samples.js'
import type { Context } from './context.js'

const functions: Record<string, string> = {
  instr: 'strpos',
  json_array: 'json_build_array',
  json_group_array: 'json_agg',
}

/** The reports name functions as SQLite does. */
export const toPostgres = (sql: string) =>
  sql.replace(/\b(instr|json_array|json_group_array)\b/g, (name) => functions[name] ?? name)

export function createReports({ database, databaseClock: { fromDatabase } }: Context): Reports {
  async function answer<Result>(steps: QuerySteps<Result>): Promise<Result> {
    let step = steps.next()
    while (!step.done)
      step = steps.next(await database.query<Row>(toPostgres(step.value.sql), step.value.values))
    return step.value
  }
  return {
    events: (query) => answer(listEvents(query, fromDatabase)),
    event: (id) => answer(detailEvent(id, fromDatabase)),
    hours: async (span) => readHours(await answer(sumHours(span))),
    values: (span) => answer(sumValues(span)),
    waits: (span) => answer(sumWaits(span)),
    rejectedSamples: () => answer(listRejectedSamples()),
    pauses: () => answer(listPauses(fromDatabase)),
    lastAttempt: ({ site, vendor }) => answer(lastAttemptOf(site, vendor)),
  }
}
