// Knows what it costs to accept a conversion durably, measured beside two bare Express servers.
import { browserBody, browserHeaders } from './conversion.js'
import { environmentOf, startTunedPostgres } from './database.js'
import { generator, type Load, load } from './load.js'
import { residentMb, type Sink, startMeasuredCollector, startSink, startBaseline } from './processes.js'
import { goal, median, ms, printTable, ratio, whole } from './table.js'

interface Contender {
  name: string
  origin: string
  pid: number
  runs: Load[]
}

type Six = [Contender, Contender, Contender, Contender, Contender, Contender]

/** Gives the number of errors. Rounds are interleaved, so that a slow minute of the machine hits all. */
export async function ingest({ rounds = 3, seconds = 5 } = {}): Promise<number> {
  const [sink, postgresSink, refusing] = await Promise.all([startSink(), startSink(), startSink()])
  await refusing.set({ mode: 'refuse' })
  const postgres = await startTunedPostgres()
  const newDatabase = async () => environmentOf(await postgres.database())
  const [usual, preset, collector, alone, onPostgres, onPostgresAlone] = await Promise.all([
    startBaseline('usual'),
    startBaseline('preset'),
    startMeasuredCollector(sink),
    startMeasuredCollector(refusing),
    startMeasuredCollector(postgresSink, await newDatabase()),
    startMeasuredCollector(refusing, await newDatabase()),
  ])
  const programs = [
    usual,
    preset,
    collector,
    alone,
    onPostgres,
    onPostgresAlone,
    sink,
    postgresSink,
    refusing,
  ]
  const quiet = () => Promise.all([sink.quiet(), postgresSink.quiet()])
  try {
    for (const { origin } of [collector, onPostgres]) await expectAccepted(origin)
    const contenders: Contender[] = [
      { name: '(a) Express as usually written, no storage', ...usual, runs: [] },
      { name: '(b) Express with preset prototypes, no storage', ...preset, runs: [] },
      { name: '(c) the collector, everything on, relaying', ...collector, runs: [] },
      { name: '(d) the same while TikTok answers 503', ...alone, runs: [] },
      { name: '(e) as (c), on PostgreSQL', ...onPostgres, runs: [] },
      { name: '(f) as (d), on PostgreSQL', ...onPostgresAlone, runs: [] },
    ]
    const [a, b, c, d, e, f] = contenders as Six
    console.log(`${generator}, 64 connections, ${rounds} rounds of ${seconds} s, Node ${process.version}\n`)

    const extra: Load[] = []
    const extraOnPostgres: Load[] = []
    for (const { origin } of [a, b, d, f]) await load({ origin, seconds: 2, prefix: 'warm' })
    extra.push(await load({ origin: c.origin, seconds: 2, prefix: 'warm' }))
    extraOnPostgres.push(await load({ origin: e.origin, seconds: 2, prefix: 'warm' }))
    for (let round = 0; round < rounds; round++) {
      for (const contender of contenders) {
        // Nobody is measured while the relay still works off what came before.
        await quiet()
        contender.runs.push(await load({ origin: contender.origin, seconds, prefix: `r${round}` }))
      }
    }
    const middle = (of: Contender) => median(of.runs.map((one) => one.requestsPerSecond))
    await quiet()
    const rate = middle(c) / 2
    // A first try tells by how much the generator falls short of the rate it is asked for.
    const tried = await load({ origin: c.origin, seconds: 2, prefix: 'try', rate })
    const corrected = (rate * rate) / tried.requestsPerSecond
    const half = await load({ origin: c.origin, seconds, prefix: 'half', rate: corrected })
    extra.push(tried, half)

    print(contenders, middle)
    console.log(
      `\n(c) at half load: ${whole(half.requestsPerSecond)} requests/s, p50 ${ms(half.p50Ms)} ms, p99 ${ms(half.p99Ms)} ms\n`,
    )
    const toPreset = middle(c) / middle(b)
    const toUsual = middle(c) / middle(a)
    goal('durable accept ÷ Express with preset prototypes', toPreset, toPreset >= 0.62, '≥ 0.62')
    goal('durable accept ÷ Express as usually written', toUsual, toUsual >= 3.5, '≥ 3.5')
    goal(
      'on PostgreSQL ÷ Express with preset prototypes',
      middle(e) / middle(b),
      middle(e) / middle(b) >= 0.45,
      '≥ 0.45',
    )
    goal(
      'on PostgreSQL ÷ Express as usually written',
      middle(e) / middle(a),
      middle(e) / middle(a) >= 2.5,
      '≥ 2.5',
    )
    goal('p99 at half load, ms', half.p99Ms, half.p99Ms <= 10, '≤ 10')
    const all = [...contenders.flatMap((one) => one.runs), ...extra, ...extraOnPostgres]
    const errors = all.reduce((sum, one) => sum + one.errors, 0)
    const missing = await lost('SQLite', sink, [...c.runs, ...extra])
    return errors + missing + (await lost('PostgreSQL', postgresSink, [...e.runs, ...extraOnPostgres]))
  } finally {
    await Promise.all(programs.map((program) => program.stop()))
    await postgres.stop()
  }
}

/** A quick 202 that skips the event would be no measurement. */
async function expectAccepted(origin: string): Promise<void> {
  const body = browserBody('first')
  const response = await fetch(`${origin}/e`, { method: 'POST', headers: browserHeaders, body })
  const text = await response.text()
  if (response.status === 202 && JSON.parse(text).accepted === 1) return
  throw new Error(`The collector did not accept the conversion: ${response.status} ${text}`)
}

/** Every answered request is an event that must reach the sink. */
async function lost(name: string, sink: Sink, runs: Load[]): Promise<number> {
  const answered = runs.reduce((sum, one) => sum + one.requests, 0)
  let { events, requests } = await sink.quiet()
  for (let patience = 20; events < answered && patience > 0; patience--)
    ({ events, requests } = await sink.quiet())
  console.log(
    `\n${name}: ${whole(events)} events reached the sink, ${whole(events / requests)} a request on average`,
  )
  if (events >= answered) return 0
  console.log(`LOST: ${whole(answered)} conversions were answered`)
  return answered - events
}

function print(contenders: Contender[], middle: (of: Contender) => number): void {
  const [a, b] = contenders.map(middle) as [number, number]
  const head = ['server', 'requests/s', '÷ (b)', '÷ (a)', 'p50 ms', 'p99 ms', 'RSS MB', 'errors']
  const rows = contenders.map((one) => [
    one.name,
    whole(middle(one)),
    ratio(middle(one) / b),
    ratio(middle(one) / a),
    ms(median(one.runs.map((run) => run.p50Ms))),
    ms(median(one.runs.map((run) => run.p99Ms))),
    String(residentMb(one.pid) ?? '?'),
    String(one.runs.reduce((sum, run) => sum + run.errors, 0)),
  ])
  printTable(head, rows)
}
