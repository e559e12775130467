// Measures how much open dashboards slow down the intake: the same load with ten live feeds open and with none.
import { logIn, password } from '../tests/support/dashboard.js'
import { site } from './conversion.js'
import { generator, type Load, load } from './load.js'
import { startMeasuredCollector, startSink } from './processes.js'
import { goal, median, ms, printTable, ratio, whole } from './table.js'

const dashboards = 10
const maxSlowdown = 0.05

/** Returns the number of errors. Rounds are interleaved, so that a slow minute of the machine affects both. */
export async function dashboard({ rounds = 5, seconds = 5 } = {}): Promise<number> {
  const sink = await startSink()
  const collector = await startMeasuredCollector(sink, { TAGFERRY_ADMIN_PASSWORD: password })
  try {
    const cookie = await logIn(collector.origin)
    console.log(`${generator}, 64 connections, ${rounds} rounds of ${seconds} s, Node ${process.version}\n`)
    await load({ origin: collector.origin, seconds: 2, prefix: 'warm' })
    const runs: Record<'none' | 'open', Load[]> = { none: [], open: [] }
    let frames = 0
    for (let round = 0; round < rounds; round++) {
      // The order alternates, because the store grows from run to run.
      const order = round % 2 === 0 ? (['none', 'open'] as const) : (['open', 'none'] as const)
      for (const which of order) {
        await sink.quiet()
        const feeds = which === 'open' ? await openFeeds(collector.origin, cookie) : undefined
        runs[which].push(await load({ origin: collector.origin, seconds, prefix: `${which}${round}` }))
        frames += feeds?.close() ?? 0
      }
    }
    const rate = (loads: Load[]) => median(loads.map((run) => run.requestsPerSecond))
    const rows = Object.entries(runs).map(([name, loads]) => [
      name === 'open' ? `${dashboards} dashboards open` : 'none open',
      whole(rate(loads)),
      ms(median(loads.map((run) => run.p50Ms))),
      ms(median(loads.map((run) => run.p99Ms))),
      String(loads.reduce((sum, run) => sum + run.errors, 0)),
    ])
    printTable(['', 'requests/s', 'p50 ms', 'p99 ms', 'errors'], rows)
    console.log(
      `\n${whole(frames)} frames reached the dashboards; with open ÷ with none, by round: ${ratios(runs)}\n`,
    )
    const slowdown = 1 - rate(runs.open) / rate(runs.none)
    goal('slower with dashboards open', slowdown, slowdown <= maxSlowdown && frames > 0, `≤ ${maxSlowdown}`)
    return Object.values(runs)
      .flat()
      .reduce((sum, run) => sum + run.errors, 0)
  } finally {
    await Promise.all([collector.stop(), sink.stop()])
  }
}

const ratios = ({ open, none }: Record<'none' | 'open', Load[]>) =>
  open.map((run, i) => ratio(run.requestsPerSecond / (none[i]?.requestsPerSecond ?? 1))).join(', ')

/** @returns closes the feeds, and returns how many frames arrived */
async function openFeeds(origin: string, cookie: string): Promise<{ close(): number }> {
  const end = new AbortController()
  let frames = 0
  await Promise.all(
    Array.from({ length: dashboards }, async () => {
      const url = `${origin}/admin/events/live?site=${site.domain}`
      const { body, status } = await fetch(url, { headers: { cookie }, signal: end.signal })
      if (status !== 200 || !body) throw new Error(`The live feed was answered ${status}.`)
      void (async () => {
        for await (const chunk of body)
          frames +=
            Buffer.from(chunk)
              .toString()
              .split(/event: ?events/).length - 1
      })().catch(() => {})
    }),
  )
  return {
    close() {
      end.abort()
      return frames
    },
  }
}
