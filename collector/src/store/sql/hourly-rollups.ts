/** Sums up the hourly rollups, and lists pauses. The same in both databases. */

import type { HourCount, HourValue, Pause, Reports, Wait } from '../reports.js'
import type { FromDatabase } from './details.js'
import type { Dialect } from './dialect.js'
import type { QuerySteps, Statement } from './query-steps.js'
import { type CountColumn, countColumns, matchKeys } from './rollup-rules.js'

type Span = Parameters<Reports['values']>[0]
type SteppedSpan = Parameters<Reports['hours']>[0]

const sum = (column: string) => `cast(sum(${column}) as bigint)`

type KeyCounts = Record<string, number>
type HourRow = [
  site: string,
  hour: number,
  event: string,
  lastHour: number,
  keys: KeyCounts[],
  ...counts: number[],
]

/** One JSON text instead of perhaps thousands of rows: the rows would take longer on their way than in the database. */
export function* sumHours(dialect: Dialect, { step = 1, ...span }: SteppedSpan): QuerySteps<string> {
  const where = yield* whereIn('hours', span)
  if (!where) return '[]'
  const sums = countColumns.map((column) => `${sum(column)} as ${column}`).join(', ')
  const size = `cast($${where.values.length + 1} as bigint)`
  const columns = ['site', 'start', 'event', 'last', dialect.json('keys'), ...countColumns]
  const [row] = yield {
    sql: `select cast(${dialect.jsonGroupArray(dialect.jsonArray(columns))} as text) as list
      from (select site, hour - (hour - cast($1 as bigint)) % ${size} as start, event,
          coalesce(max(case when browser + server > 0 then hour end), 0) as last, ${sums},
          ${dialect.jsonGroupArray(dialect.json('keys'))} as keys
        from hours where ${where.sql} group by 1, 2, 3 order by 1, 2, 3) summed`,
    values: [...where.values, step],
  }
  return String(row?.list ?? '[]')
}

export function readHours(text: string): HourCount[] {
  return (JSON.parse(text) as HourRow[]).map(([site, hour, event, lastHour, keys, ...counts]) => {
    const count = (column: CountColumn) => counts[countColumns.indexOf(column)] ?? 0
    return {
      hour,
      site,
      event,
      lastHour,
      browser: count('browser'),
      server: count('server'),
      duplicates: count('duplicates'),
      delivered: count('delivered'),
      // A delivery that failed before counting began lowers the count when it is replayed.
      failed: Math.max(0, count('failed')),
      skipped: count('skipped'),
      ldu: count('ldu'),
      keys: sumKeys(keys),
    }
  })
}

function sumKeys(hours: readonly KeyCounts[]): HourCount['keys'] {
  const sums: Record<string, number> = Object.fromEntries(matchKeys.map((key) => [key, 0]))
  for (const keys of hours)
    for (const [key, events] of Object.entries(keys)) sums[key] = (sums[key] ?? 0) + events
  return sums
}

export function* sumValues(span: Span): QuerySteps<HourValue[]> {
  const where = yield* whereIn('hour_values', span)
  if (!where) return []
  return (yield {
    sql: `select site, event, currency, sum(sum) as sum, ${sum('count')} as count from hour_values
      where ${where.sql} group by site, event, currency order by site, event, currency`,
    values: where.values,
  }) as unknown as HourValue[]
}

export function* sumWaits(span: Span): QuerySteps<Wait[]> {
  const where = yield* whereIn('hour_waits', span)
  if (!where) return []
  return (yield {
    sql: `select bucket, ${sum('count')} as count from hour_waits where ${where.sql} group by bucket order by bucket`,
    values: where.values,
  }) as unknown as Wait[]
}

/** The keys begin with the site, so without one all sites are named. Undefined where there is none. */
function* whereIn(table: string, { site, from, to }: Span): QuerySteps<Statement | undefined> {
  const sites = site === undefined ? yield* sitesOf(table) : [site]
  if (sites.length === 0) return undefined
  const parameters = sites.map((_, index) => `$${index + 3}`).join(', ')
  return { sql: `site in (${parameters}) and hour between $1 and $2`, values: [from, to, ...sites] }
}

/** Jumps along the key from one site to the next. */
function* sitesOf(table: string): QuerySteps<string[]> {
  const rows = yield {
    sql: `
      with recursive known(site) as (
        select (select min(site) from ${table})
        union all
        select (select min(site) from ${table} where site > known.site) from known where known.site is not null
      )
      select site from known where site is not null`,
    values: [],
  }
  return rows.map(({ site }) => String(site))
}

export function* listPauses(fromDatabase: FromDatabase): QuerySteps<Pause[]> {
  const rows = (yield {
    sql: `select site, vendor, fingerprint, reason, paused_at as "pausedAt", probe_at as "probeAt" from pauses
      order by site, vendor`,
    values: [],
  }) as unknown as Pause[]
  return rows.map((pause) => ({ ...pause, probeAt: fromDatabase(pause.probeAt) }))
}
