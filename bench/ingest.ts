// Measures how many conversions a second are accepted durably, beside two bare Express servers without storage.
import { browserBody, browserHeaders } from './conversion.js'
import { environmentOf, startTunedPostgres } from './database.js'
import { generator, type Load, load } from './load.js'
import { residentMb, type Sink, startBaseline, startMeasuredCollector, startSink } from './processes.js'
import { goal, median, ms, printTable, ratio, whole } from './table.js'

interface Target {
  name: string
  origin: string
  pid: number
  /** The measured rounds. */
  runs: Load[]
  /** Warm-up and load at half speed; they count for errors and losses only. */
  otherRuns: Load[]
}

/** In the order of the table. */
interface Targets {
  usual: Target
  preset: Target
  sqlite: Target
  sqliteOutage: Target
  postgres: Target
  postgresOutage: Target
}

interface Servers {
  targets: Targets
  /** Receives the events of `sqlite`. */
  sqliteSink: Sink
  /** Receives the events of `postgres`. */
  postgresSink: Sink
  stop(): Promise<void>
}

/** Returns the number of errors. Rounds are interleaved, so that a slow minute of the machine affects all targets. */
export async function ingest({ rounds = 3, seconds = 5 } = {}): Promise<number> {
  const { targets, sqliteSink, postgresSink, stop } = await startServers()
  const { sqlite, postgres } = targets
  const all: Target[] = Object.values(targets)
  const waitForRelays = () => Promise.all([sqliteSink.quiet(), postgresSink.quiet()])
  try {
    for (const { origin } of [sqlite, postgres]) await expectAccepted(origin)
    console.log(`${generator}, 64 connections, ${rounds} rounds of ${seconds} s, Node ${process.version}\n`)
    for (const { origin, otherRuns } of all)
      otherRuns.push(await load({ origin, seconds: 2, prefix: 'warm' }))
    for (let round = 0; round < rounds; round++) {
      for (const target of all) {
        // The relay of the previous run must not slow down the next one.
        await waitForRelays()
        target.runs.push(await load({ origin: target.origin, seconds, prefix: `r${round}` }))
      }
    }
    await waitForRelays()
    const half = await loadAtHalfSpeed(sqlite, seconds)
    print(all, targets)
    printGoals(targets, half)
    const errors = all
      .flatMap(({ runs, otherRuns }) => [...runs, ...otherRuns])
      .reduce((sum, run) => sum + run.errors, 0)
    return (
      errors +
      (await countLost('SQLite', sqliteSink, sqlite)) +
      (await countLost('PostgreSQL', postgresSink, postgres))
    )
  } finally {
    await stop()
  }
}

async function startServers(): Promise<Servers> {
  const [sqliteSink, postgresSink, refusingSink] = await Promise.all([startSink(), startSink(), startSink()])
  await refusingSink.set({ mode: 'refuse' })
  const database = await startTunedPostgres()
  const newDatabase = async () => environmentOf(await database.database())
  const usual = await startBaseline('usual')
  const preset = await startBaseline('preset')
  const sqlite = await startMeasuredCollector(sqliteSink)
  const sqliteOutage = await startMeasuredCollector(refusingSink)
  const postgres = await startMeasuredCollector(postgresSink, await newDatabase())
  const postgresOutage = await startMeasuredCollector(refusingSink, await newDatabase())
  const programs = [usual, preset, sqlite, sqliteOutage, postgres, postgresOutage]
  const target = (name: string, { origin, pid }: { origin: string; pid: number }): Target => ({
    name,
    origin,
    pid,
    runs: [],
    otherRuns: [],
  })
  return {
    targets: {
      usual: target('(a) Express as usually written, no storage', usual),
      preset: target('(b) Express with preset prototypes, no storage', preset),
      sqlite: target('(c) the collector, everything on, relaying', sqlite),
      sqliteOutage: target('(d) the same while TikTok answers 503', sqliteOutage),
      postgres: target('(e) as (c), on PostgreSQL', postgres),
      postgresOutage: target('(f) as (d), on PostgreSQL', postgresOutage),
    },
    sqliteSink,
    postgresSink,
    async stop() {
      const all = [...programs, sqliteSink, postgresSink, refusingSink]
      await Promise.all(all.map((program) => program.stop()))
      await database.stop()
    },
  }
}

/** A fast 202 for a skipped event would not be a valid measurement. */
async function expectAccepted(origin: string): Promise<void> {
  const body = browserBody('first')
  const response = await fetch(`${origin}/e`, { method: 'POST', headers: browserHeaders, body })
  const text = await response.text()
  if (response.status === 202 && JSON.parse(text).accepted === 1) return
  throw new Error(`The collector did not accept the conversion: ${response.status} ${text}`)
}

async function loadAtHalfSpeed(target: Target, seconds: number): Promise<Load> {
  const { origin, otherRuns } = target
  const rate = medianRate(target) / 2
  // The generator does not reach the requested rate exactly; a trial run gives the correction.
  const trial = await load({ origin, seconds: 2, prefix: 'try', rate })
  const half = await load({
    origin,
    seconds,
    prefix: 'half',
    rate: (rate * rate) / trial.requestsPerSecond,
  })
  otherRuns.push(trial, half)
  return half
}

const medianRate = ({ runs }: Target) => median(runs.map((run) => run.requestsPerSecond))

/** Compares the answered requests, one event each, with the events that reached the sink. */
async function countLost(name: string, sink: Sink, { runs, otherRuns }: Target): Promise<number> {
  const answered = [...runs, ...otherRuns].reduce((sum, run) => sum + run.requests, 0)
  let { events, requests } = await sink.quiet()
  for (let attempts = 20; events < answered && attempts > 0; attempts--)
    ({ events, requests } = await sink.quiet())
  console.log(
    `\n${name}: ${whole(events)} events reached the sink, ${whole(events / requests)} a request on average`,
  )
  if (events >= answered) return 0
  console.log(`LOST: ${whole(answered)} conversions were answered`)
  return answered - events
}

function print(all: Target[], { usual, preset }: Targets): void {
  const head = ['server', 'requests/s', '÷ (b)', '÷ (a)', 'p50 ms', 'p99 ms', 'RSS MB', 'errors']
  const rows = all.map((target) => [
    target.name,
    whole(medianRate(target)),
    ratio(medianRate(target) / medianRate(preset)),
    ratio(medianRate(target) / medianRate(usual)),
    ms(median(target.runs.map((run) => run.p50Ms))),
    ms(median(target.runs.map((run) => run.p99Ms))),
    String(residentMb(target.pid) ?? '?'),
    String(target.runs.reduce((sum, run) => sum + run.errors, 0)),
  ])
  printTable(head, rows)
}

function printGoals({ usual, preset, sqlite, postgres }: Targets, half: Load): void {
  console.log(
    `\n(c) at half load: ${whole(half.requestsPerSecond)} requests/s, p50 ${ms(half.p50Ms)} ms, p99 ${ms(half.p99Ms)} ms\n`,
  )
  const ratioGoal = (title: string, target: Target, baseline: Target, limit: number) => {
    const value = medianRate(target) / medianRate(baseline)
    goal(title, value, value >= limit, `≥ ${limit}`)
  }
  ratioGoal('durable accept ÷ Express with preset prototypes', sqlite, preset, 0.62)
  ratioGoal('durable accept ÷ Express as usually written', sqlite, usual, 3.5)
  ratioGoal('on PostgreSQL ÷ Express with preset prototypes', postgres, preset, 0.45)
  ratioGoal('on PostgreSQL ÷ Express as usually written', postgres, usual, 2.5)
  goal('p99 at half load, ms', half.p99Ms, half.p99Ms <= 10, '≤ 10')
}
