/** Answers the reports. Runs in SQLite's thread. */
import type { CountedProblem, InputProblems } from '../input-problems.js'
import type { EventQuery, Reports } from '../reports.js'
import { detailEvent, lastAttemptOf, listEvents } from '../sql/details.js'
import type { Dialect } from '../sql/dialect.js'
import { listPauses, sumHours, sumValues, sumWaits } from '../sql/hourly-rollups.js'
import { addInputProblems, listInputProblems } from '../sql/input-problems.js'
import type { QuerySteps, Row } from '../sql/query-steps.js'
import { listRejectedSamples } from '../sql/rejected-samples.js'
import type { ConnectionName } from '../store.js'
import type { Context } from './context.js'
import type { Database } from './database.js'

export const dialect: Dialect = {
  json: (text) => `json(${text})`,
  jsonArray: (values) => `json_array(${values.join(', ')})`,
  jsonGroupArray: (value) => `json_group_array(${value})`,
}

/** The file has no clock of its own. */
const sameClock = (ms: number) => ms

type ProblemQuery = Parameters<InputProblems['inputProblems']>[0]
type Span = Parameters<Reports['hours']>[0]

export function createReports({ db }: Context) {
  const answer = <Result>(steps: QuerySteps<Result>) => runSteps(db, steps)
  return {
    events: (query: EventQuery) => answer(listEvents(query, sameClock)),
    event: (id: number) => answer(detailEvent(id, sameClock)),
    hours: (span: Span) => answer(sumHours(dialect, span)),
    values: (span: Span) => answer(sumValues(span)),
    waits: (span: Span) => answer(sumWaits(span)),
    rejectedSamples: () => answer(listRejectedSamples()),
    addInputProblems: (problems: CountedProblem[], removeBefore: number) =>
      answer(addInputProblems(problems, removeBefore)),
    inputProblems: (query: ProblemQuery) => answer(listInputProblems(query)),
    pauses: () => answer(listPauses(sameClock)),
    lastAttempt: ({ site, vendor }: ConnectionName) => answer(lastAttemptOf(site, vendor)),
  }
}

function runSteps<Result>(db: Database, steps: QuerySteps<Result>): Result {
  let step = steps.next()
  while (!step.done) {
    const { sql, values } = step.value
    // SQLite takes `$1` for a parameter of that name.
    const named = Object.fromEntries(values.map((value, index) => [`$${index + 1}`, value]))
    step = steps.next(db.prepare(sql).all(named) as Row[])
  }
  return step.value
}
