// Knows what open dashboards cost the intake: the same collector, loaded with ten live feeds open and with none.
import { logIn, password } from '../tests/dashboard/support.js'
import { site } from './conversion.js'
import { generator, type Load, load } from './load.js'
import { startMeasuredCollector, startSink } from './processes.js'
import { goal, median, ms, printTable, ratio, whole } from './table.js'

const dashboards = 10
const mostSlower = 0.05

/** Gives the number of errors. Rounds are interleaved, so that a slow minute of the machine hits both. */
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
      // Who comes first changes: the store grows from run to run.
      const order = round % 2 === 0 ? (['none', 'open'] as const) : (['open', 'none'] as const)
      for (const which of order) {
        await sink.quiet()
        const feeds = which === 'open' ? await openFeeds(collector.origin, cookie) : undefined
        runs[which].push(await load({ origin: collector.origin, seconds, prefix: `${which}${round}` }))
        frames += feeds?.close() ?? 0
      }
    }
    const rate = (of: Load[]) => median(of.map((one) => one.requestsPerSecond))
    const rows = Object.entries(runs).map(([name, of]) => [
      name === 'open' ? `${dashboards} dashboards open` : 'none open',
      whole(rate(of)),
      ms(median(of.map((one) => one.p50Ms))),
      ms(median(of.map((one) => one.p99Ms))),
      String(of.reduce((sum, one) => sum + one.errors, 0)),
    ])
    printTable(['', 'requests/s', 'p50 ms', 'p99 ms', 'errors'], rows)
    console.log(
      `\n${whole(frames)} frames reached the dashboards; with open ÷ with none, by round: ${ratios(runs)}\n`,
    )
    const slower = 1 - rate(runs.open) / rate(runs.none)
    goal('slower with dashboards open', slower, slower <= mostSlower && frames > 0, `≤ ${mostSlower}`)
    return Object.values(runs)
      .flat()
      .reduce((sum, one) => sum + one.errors, 0)
  } finally {
    await Promise.all([collector.stop(), sink.stop()])
  }
}

const ratios = ({ open, none }: Record<'none' | 'open', Load[]>) =>
  open.map((one, at) => ratio(one.requestsPerSecond / (none[at]?.requestsPerSecond ?? 1))).join(', ')

/** @returns closes them, and gives how many frames came */
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
