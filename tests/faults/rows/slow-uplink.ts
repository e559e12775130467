// The row of a slow line to TikTok: large events first, purchases behind them, and another site on the same line.
import { copyCollector } from '../../chaos/build-copy.js'
import { atMost, type Check, exactly, moreThan, within } from '../../chaos/check.js'
import { waitUntilDrained } from '../../chaos/collector.js'
import type { Ledger } from '../../chaos/ledger.js'
import { peakMemoryMb } from '../../support/program.js'
import { type ConnectionHandler, startScriptedProxy } from '../../support/scripted-proxy.js'
import { sleep } from '../../support/wait.js'
import { slowly } from '../byte-rate.js'
import type { Context, Row } from '../row.js'
import { domainOf, runScenario, sendEvents, tokenOf } from '../scenario.js'

interface Cell {
  bytesPerSecond: number
  eventBytes: number
  /** How long the line needs for all large events. */
  seconds: number
}

const maxRequestBytes = 1_048_576
/** Of all connections, with what stands around the events. */
const maxBytesAtOnce = 16 * maxRequestBytes + 10_000
const maxEvents = 10_000
/** More than the collector needs while it is idle. */
const maxMemoryMb = 350
const purchases = 20

const grid: Cell[] = [
  { bytesPerSecond: 250_000, seconds: 16 },
  { bytesPerSecond: 1_000_000, seconds: 12 },
  { bytesPerSecond: 4_000_000, seconds: 10 },
].flatMap((line) => [1_000, 8_000, 60_000].map((eventBytes) => ({ ...line, eventBytes })))
/** Carries no full request within the time for one. */
const slowest: Cell = { bytesPerSecond: 20_000, eventBytes: 60_000, seconds: 75 }
const sample: Cell = { bytesPerSecond: 1_000_000, eventBytes: 60_000, seconds: 4 }

const titleOf = ({ bytesPerSecond, eventBytes }: Cell) =>
  `${bytesPerSecond / 1e6} MB/s, events of ${eventBytes / 1_000} kB`

/** Sends events with texts of so many bytes, as many in a request as the collector takes. */
async function sendLarge(
  origin: string,
  ledger: Ledger,
  count: number,
  domain: string,
  eventBytes: number,
): Promise<void> {
  const texts = Array.from({ length: Math.ceil(eventBytes / 8_000) }, (_, index) => [
    `text_${index}`,
    'x'.repeat(Math.min(8_000, eventBytes)),
  ])
  const large = { event: 'Pageview', properties: Object.fromEntries(texts) }
  const most = Math.min(1_000, Math.floor(1_000_000 / (eventBytes + 500)))
  for (let left = count; left > 0; left -= most)
    await sendEvents(origin, ledger, Math.min(left, most), domain, large)
}

/** Sends large events, then purchases of the same site and of another. */
async function runCell(context: Context, cell: Cell, main?: string) {
  const { eventBytes, bytesPerSecond, seconds } = cell
  const proxy = await startScriptedProxy()
  proxy.handler = slowly(bytesPerSecond) satisfies ConnectionHandler
  const env = { TAGFERRY_TIKTOK_URL: `http://127.0.0.1:${proxy.port}` }
  const setup = { store: context.store, sites: 2, env, ...(main && { main }) }
  const { found, checks, sink } = await runScenario(setup, async ({ sink, data, ledger, collector }) => {
    proxy.target = sink.origin
    const { origin, pid } = collector
    const count = Math.min(maxEvents, Math.ceil((seconds * bytesPerSecond) / eventBytes))
    const startedAt = Date.now()
    await sendLarge(origin, ledger, count, domainOf(0), eventBytes)
    await sendEvents(origin, ledger, purchases, domainOf(0))
    const others = await sendEvents(origin, ledger, purchases, domainOf(1))
    const othersAt = Date.now()
    while (!others.every((id) => sink.booked.has(id)) && Date.now() - othersAt < 60_000) await sleep(20)
    const otherSeconds = (Date.now() - othersAt) / 1_000
    const { left } = await waitUntilDrained(data)
    return { left, otherSeconds, seconds: (Date.now() - startedAt) / 1_000, memoryMb: peakMemoryMb(pid) }
  })
  await proxy.close()
  const sizes = sink.batches.filter(({ token }) => token === tokenOf(0)).map(({ bytes }) => bytes)
  return { found, checks, largest: Math.max(...sizes), requests: sizes.length }
}

async function checksOf(context: Context, cell: Cell): Promise<Check[]> {
  const { found, checks, largest, requests } = await runCell(context, cell)
  const title = titleOf(cell)
  console.log(
    `  ${title}: ${found.seconds.toFixed(1)} s, ${requests} requests, ${Math.round(found.memoryMb)} MB, other site ${found.otherSeconds.toFixed(1)} s`,
  )
  return [
    ...checks,
    exactly(`${title}: undelivered`, found.left, 0),
    atMost(`${title}: bytes of the largest request`, largest, maxRequestBytes),
    atMost(`${title}: memory in MB`, found.memoryMb, maxMemoryMb),
    within(`${title}: seconds`, found.seconds, 30 + 3 * cell.seconds),
    within(`${title}: seconds that the other site waited`, found.otherSeconds, 15),
  ]
}

/** Many sites have full requests at the same time, and TikTok takes 2 s for each. */
async function manySites({ store }: Context): Promise<Check[]> {
  const sites = 24
  let open = 0
  let most = 0
  const { found, checks } = await runScenario({ store, sites }, async ({ sink, data, ledger, collector }) => {
    sink.answer =
      ({ bytes }) =>
      (response, book) => {
        open += bytes
        most = Math.max(most, open)
        setTimeout(() => {
          open -= bytes
          book()
          response.end('{"code":0}')
        }, 2_000)
      }
    for (let site = 0; site < sites; site++)
      await sendLarge(collector.origin, ledger, 50, domainOf(site), 60_000)
    const { left } = await waitUntilDrained(data)
    return { left, memoryMb: peakMemoryMb(collector.pid) }
  })
  return [
    ...checks,
    exactly('many sites: undelivered', found.left, 0),
    moreThan('many sites: bytes on their way at once', most, maxBytesAtOnce / 4),
    atMost('many sites: bytes on their way at once', most, maxBytesAtOnce),
    atMost('many sites: memory in MB', found.memoryMb, maxMemoryMb + 100),
  ]
}

async function run(context: Context): Promise<Check[]> {
  if (context.quick) return checksOf(context, sample)
  const checks: Check[] = []
  for (const cell of [...grid, slowest]) checks.push(...(await checksOf(context, cell)))
  checks.push(...(await manySites(context)))
  const control = await runCell(context, sample, copyCollector('requestBytes'))
  return [
    ...checks,
    moreThan('control: bytes of the largest request without the limit', control.largest, maxRequestBytes),
  ]
}

export const row49: Row = { row: 49, name: 'slow line, large events', run }
