/** Counts and lists what was refused or changed on arrival. The same in both drivers. */
import type { CountedProblem, InputProblems } from '../input-problems.js'
import { parametersOf, type QuerySteps, type Statement } from './query-steps.js'

const maxListed = 200
/** SQLite and PostgreSQL take 32,766 parameters and more. */
const maxRows = 500

export function* addInputProblems(
  problems: readonly CountedProblem[],
  removeBefore: number,
): QuerySteps<void> {
  // Two collectors that write the same rows in different orders would wait for each other.
  const sorted = problems.toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1))
  for (let at = 0; at < sorted.length; at += maxRows) yield insertStatement(sorted.slice(at, at + maxRows))
  yield { sql: 'delete from input_problems where hour < $1', values: [removeBefore] }
}

const keyOf = ({ site, hour, route, status, rule, path }: CountedProblem) =>
  [site, hour, route, status, rule, path].join('\n')

function insertStatement(problems: readonly CountedProblem[]): Statement {
  const values: Statement['values'] = []
  const add = parametersOf(values)
  const rows = problems.map(
    ({ site, hour, route, status, rule, path, count, lastAt }) =>
      `(${[site, hour, route, status, rule, path, count, lastAt].map(add).join(', ')})`,
  )
  return {
    sql: `
      insert into input_problems (site, hour, route, status, rule, path, count, last_at) values ${rows.join(', ')}
      on conflict (site, hour, route, status, rule, path) do update set
        count = input_problems.count + excluded.count,
        last_at = case when excluded.last_at > input_problems.last_at then excluded.last_at
          else input_problems.last_at end`,
    values,
  }
}

export function* listInputProblems({
  site,
  from,
}: Parameters<InputProblems['inputProblems']>[0]): QuerySteps<CountedProblem[]> {
  const values: Statement['values'] = [from]
  if (site !== undefined) values.push(site)
  return (yield {
    sql: `
      select site, max(hour) as hour, route, status, rule, path, cast(sum(count) as bigint) as count,
        max(last_at) as "lastAt"
      from input_problems where hour >= $1 ${site === undefined ? '' : 'and site = $2'}
      group by site, route, status, rule, path order by "lastAt" desc, site, route, status, rule, path
      limit ${maxListed}`,
    values,
  }) as unknown as CountedProblem[]
}
