// Measures how long the pages of the dashboard wait for the store, with a million events, and prints the query plans.
import { DatabaseSync } from '@photostructure/sqlite'
import type { Outbox } from '../collector/src/store/outbox.js'
import { openPostgres } from '../collector/src/store/postgres/postgres.js'
import { dialect as postgresDialect } from '../collector/src/store/postgres/reports.js'
import type { EventQuery } from '../collector/src/store/reports.js'
import { detailEvent, listEvents } from '../collector/src/store/sql/details.js'
import type { Dialect } from '../collector/src/store/sql/dialect.js'
import { sumHours, sumValues, sumWaits } from '../collector/src/store/sql/hourly-rollups.js'
import type { QuerySteps, Row, Statement } from '../collector/src/store/sql/query-steps.js'
import { hourOf } from '../collector/src/store/sql/rollup-rules.js'
import { dialect as sqliteDialect } from '../collector/src/store/sqlite/reports.js'
import { openSqlite } from '../collector/src/store/sqlite/sqlite.js'
import { ask, startPostgres } from '../tests/support/postgres.js'
import { now, postgresOptions, sqliteOptions } from '../tests/support/store-drivers.js'
import { temporaryDir } from '../tests/support/temporary.js'
import { fillStatements } from './pages-fill.js'
import { median, ms, whole } from './table.js'

const limitMs = 50
const hour = hourOf(now)
const sameClock = (at: number) => at

interface Report {
  name: string
  read(store: Outbox): Promise<unknown>
  /** Its statements. */
  steps(dialect: Dialect): QuerySteps<unknown>
}

const events = (name: string, query: Partial<EventQuery>): Report => ({
  name: `events ${name}`,
  read: (store) => store.events({ limit: 50, ...query }),
  steps: () => listEvents({ limit: 50, ...query }, sameClock),
})
const month = { from: hour - 720, to: hour }
const daily = { ...month, step: 24 }

function reports(count: number): Report[] {
  const middle = Math.floor(count / 2)
  const site = 'shop.example'
  return [
    events('all', {}),
    events('all, before', { before: middle }),
    events('new', { after: count - 20 }),
    events('of a site', { site }),
    events('of a small site, before', { site: 'small.example', before: middle }),
    events('of a name', { event: 'Purchase' }),
    events('of site and name', { site, event: 'Purchase' }),
    events('with an id, of site and name', { site, event: 'Purchase', eventId: 'e40' }),
    events('with an id', { eventId: 'e40' }),
    events('with an id that is not there', { eventId: 'nowhere' }),
    events('failed', { state: 'failed' }),
    events('failed, of site and name', { state: 'failed', site, event: 'Lead' }),
    events('pending', { state: 'pending' }),
    events('pending, of site and name', { state: 'pending', site, event: 'Lead' }),
    events('skipped', { state: 'skipped' }),
    events('skipped, by reason', { reason: 'bot', site }),
    events('delivered', { state: 'delivered' }),
    events('from servers', { source: 'server' }),
    events('flagged', { ldu: true }),
    events('flagged, of a site', { ldu: true, site }),
    {
      name: 'event',
      read: (store) => store.event(middle),
      steps: () => detailEvent(middle, sameClock),
    },
    {
      name: 'hours, 30 days',
      read: (store) => store.hours(daily),
      steps: (dialect) => sumHours(dialect, daily),
    },
    { name: 'values, 30 days', read: (store) => store.values(month), steps: () => sumValues(month) },
    { name: 'waits, 30 days', read: (store) => store.waits(month), steps: () => sumWaits(month) },
    ...simple('rejectedSamples', (store) => store.rejectedSamples()),
    ...simple('pauses', (store) => store.pauses()),
    ...simple('lastAttempt', (store) => store.lastAttempt({ site, vendor: 'tiktok' })),
  ]
}

const simple = (name: string, read: Report['read']): Report[] => [
  {
    name,
    read,
    *steps() {},
  },
]

/** Returns the number of reports that took too long. */
export async function pages({ rounds = 5, events: count = 1_000_000 } = {}): Promise<number> {
  console.log(`${whole(count)} events, the median of ${rounds} rounds in ms, Node ${process.version}`)
  return (await onSqlite(count, rounds)) + (await onPostgres(count, rounds))
}

async function onSqlite(count: number, rounds: number): Promise<number> {
  const file = `${temporaryDir()}/tagferry.db`
  const open = () => openSqlite(sqliteOptions(file))
  await (await open()).close()
  const database = new DatabaseSync(file)
  database.exec('begin')
  for (const sql of fillStatements(count, now)) database.exec(sql)
  database.exec('commit')
  const store = await open()
  const explain: Explain = async ({ sql, values }) => {
    const named = Object.fromEntries(values.map((value, index) => [`$${index + 1}`, value]))
    const plan = database.prepare(`explain query plan ${sql}`).all(named) as { detail: string }[]
    return {
      rows: database.prepare(sql).all(named) as Row[],
      plan: plan.map(({ detail }) => detail),
    }
  }
  const tooLong = await measure({ name: 'sqlite', dialect: sqliteDialect, store, explain }, count, rounds)
  database.close()
  await store.close()
  return tooLong
}

async function onPostgres(count: number, rounds: number): Promise<number> {
  const server = await startPostgres()
  try {
    const url = await server.database()
    const store = await openPostgres(postgresOptions(url))
    for (const sql of fillStatements(count, now)) await ask(url, sql)
    await ask(url, 'vacuum analyze')
    const explain: Explain = async ({ sql, values }) => {
      const filled = sql.replace(/\$(\d+)/g, (_, at) => {
        const value = values[Number(at) - 1]
        return typeof value === 'number' ? String(value) : `'${value}'`
      })
      const plan = await ask<{ 'QUERY PLAN': string }>(url, `explain ${filled}`)
      return { rows: await ask<Row>(url, filled), plan: plan.map((line) => line['QUERY PLAN']) }
    }
    const tooLong = await measure(
      { name: 'postgres', dialect: postgresDialect, store, explain },
      count,
      rounds,
    )
    await store.close()
    return tooLong
  } finally {
    await server.stop()
  }
}

/** Runs a statement, and returns its rows and its query plan. */
type Explain = (statement: Statement) => Promise<{ rows: Row[]; plan: string[] }>

interface Database {
  name: string
  dialect: Dialect
  store: Outbox
  explain: Explain
}

async function measure(database: Database, count: number, rounds: number): Promise<number> {
  const { name, dialect, store, explain } = database
  let tooLong = 0
  const plans: string[] = []
  for (const report of reports(count)) {
    const times: number[] = []
    for (let round = 0; round < rounds; round++) {
      const startedAt = performance.now()
      await report.read(store)
      times.push(performance.now() - startedAt)
    }
    const value = median(times)
    if (value > limitMs) tooLong++
    console.log(`${name} ${report.name}  ${ms(value)}  ${limitMs}  ${value > limitMs ? 'FAIL' : 'PASS'}`)
    plans.push(`\n${name} ${report.name}`, ...(await planOf(report.steps(dialect), explain)))
  }
  console.log(plans.join('\n'))
  return tooLong
}

async function planOf(steps: QuerySteps<unknown>, explain: Explain): Promise<string[]> {
  const lines: string[] = []
  let step = steps.next()
  while (!step.done) {
    const { rows, plan } = await explain(step.value)
    lines.push('  ·', ...plan.map((line) => `    ${line}`))
    step = steps.next(rows)
  }
  return lines
}
