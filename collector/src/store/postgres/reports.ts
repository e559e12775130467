/** Answers the reports. */
import type { InputProblems } from '../input-problems.js'
import type { Reports } from '../reports.js'
import { detailEvent, lastAttemptOf, listEvents } from '../sql/details.js'
import type { Dialect } from '../sql/dialect.js'
import { listPauses, readHours, sumHours, sumValues, sumWaits } from '../sql/hourly-rollups.js'
import { addInputProblems, listInputProblems } from '../sql/input-problems.js'
import type { QuerySteps, Row } from '../sql/query-steps.js'
import { listRejectedSamples } from '../sql/rejected-samples.js'
import type { Context } from './context.js'

export const dialect: Dialect = {
  json: (text) => `${text}::json`,
  jsonArray: (values) => `json_build_array(${values.join(', ')})`,
  jsonGroupArray: (value) => `json_agg(${value})`,
}

export function createReports({
  database,
  databaseClock: { fromDatabase },
}: Context): Reports & InputProblems {
  async function answer<Result>(steps: QuerySteps<Result>): Promise<Result> {
    let step = steps.next()
    while (!step.done) step = steps.next(await database.query<Row>(step.value.sql, step.value.values))
    return step.value
  }
  return {
    events: (query) => answer(listEvents(query, fromDatabase)),
    event: (id) => answer(detailEvent(id, fromDatabase)),
    hours: async (span) => readHours(await answer(sumHours(dialect, span))),
    values: (span) => answer(sumValues(span)),
    waits: (span) => answer(sumWaits(span)),
    rejectedSamples: () => answer(listRejectedSamples()),
    addInputProblems: (problems, removeBefore) => answer(addInputProblems(problems, removeBefore)),
    inputProblems: (query) => answer(listInputProblems(query)),
    pauses: () => answer(listPauses(fromDatabase)),
    lastAttempt: ({ site, vendor }) => answer(lastAttemptOf(site, vendor)),
  }
}
