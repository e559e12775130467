// Knows the rows about a connection that gives no answer: refused, hanging, dripping, reset at any moment.

import { copyCollector } from '../../chaos/build-copy.js'
import { atMost, type Check, exactly, moreThan } from '../../chaos/check.js'
import { waitUntilDrained } from '../../chaos/collector.js'
import { outage } from '../../chaos/outage.js'
import type { Raw } from '../../chaos/sink.js'
import { sleep, waitFor } from '../../support/wait.js'
import type { Context, Row } from '../row.js'
import { attemptOutcomes, runScenario } from '../scenario.js'
import { type ConnectionHandler, passThrough, startScriptedProxy } from '../scripted-proxy.js'

const down: Row['run'] = ({ store, quick }) =>
  // After a minute's trouble the schedule itself may wait for some more.
  outage({ store, awayMs: quick ? 2_000 : 60_000, withinS: quick ? 60 : 300 })

/** Requests that hang, how long each did, and how many at once. @param begin what TikTok says at first */
function held(begin: Raw) {
  const seen = { seconds: [] as number[], open: 0, most: 0 }
  const raw: Raw = (response, book) => {
    const began = Date.now()
    seen.most = Math.max(seen.most, ++seen.open)
    response.once('close', () => {
      seen.open--
      seen.seconds.push((Date.now() - began) / 1_000)
    })
    begin(response, book)
  }
  return { seen, raw }
}

/** Holds the first requests, then answers; the events that come meanwhile are taken. */
async function hold(context: Context, begin: Raw, times: number, main?: string) {
  const { seen, raw } = held(begin)
  const setup = { store: context.store, ...(main && { main }) }
  const { found, checks, sink } = await runScenario(setup, async ({ sink, data, offer }) => {
    sink.answer = () => (sink.batches.length <= times ? raw : { code: 0 })
    // In a copy without the deadline nothing ends it.
    const end = Date.now() + (main ? 15_000 : times * 30_000)
    while (seen.seconds.length < times && Date.now() < end) {
      await offer(1)
      await sleep(200)
    }
    const still = seen.open
    const { left } = main ? { left: 0 } : await waitUntilDrained(data, 30_000)
    return { left, still, ambiguous: (await attemptOutcomes(data)).ambiguous ?? 0 }
  })
  return { found, checks, seen, extra: sink.extraSends() }
}

async function holds(context: Context, begin: Raw): Promise<Check[]> {
  const times = context.quick ? 1 : 3
  const [{ found, checks, seen, extra }, control] = await Promise.all([
    hold(context, begin, times),
    hold(context, begin, 1, copyCollector('cut')),
  ])
  return [
    ...checks,
    exactly('undelivered at the end', found.left, 0),
    exactly('attempts called ambiguous', found.ambiguous, times),
    moreThan('seconds until the shortest was ended', Math.min(...seen.seconds), 9),
    atMost('seconds until the longest was ended', Math.max(...seen.seconds), 13),
    atMost('sockets stuck at once', seen.most, 2),
    atMost('events sent again though they were booked', extra, times),
    exactly('control: still hanging after 15 s without the deadline', control.found.still, 1),
  ]
}

const hangs: Raw = () => {}
const drips: Raw = (response, book) => {
  book()
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': 1_000 })
  const timer = setInterval(() => response.write(' '), 1_000)
  response.once('close', () => clearInterval(timer))
}

/** How the way breaks, and what the attempt is then called; before the body either may be found out first. */
const resets: Record<string, { way: ConnectionHandler; called: string[] }> = {
  'before the body': { way: (socket) => socket.resetAndDestroy(), called: ['not_sent', 'ambiguous'] },
  'closed before the body': { way: (socket) => socket.destroy(), called: ['not_sent', 'ambiguous'] },
  'during the body': {
    way: (socket) => socket.once('data', () => socket.resetAndDestroy()),
    called: ['ambiguous'],
  },
  'after the body': {
    way: (socket, pass) => {
      // TikTok has booked it, and its answer does not arrive.
      pass(socket)
        .unpipe(socket)
        .once('data', () => socket.resetAndDestroy())
    },
    called: ['ambiguous'],
  },
  'amid the answer': {
    way: (socket, pass) => {
      pass(socket)
        .unpipe(socket)
        .once('data', (answer: Buffer) => socket.end(answer.subarray(0, answer.length / 2)))
    },
    called: ['ambiguous'],
  },
}

async function broken({ store, quick }: Context): Promise<Check[]> {
  const proxy = await startScriptedProxy()
  const times = quick ? 1 : 3
  const size = 500
  const env = { TAGFERRY_TIKTOK_URL: `http://127.0.0.1:${proxy.port}` }
  const { found, checks, sink } = await runScenario({ store, env }, async ({ sink, data, offer }) => {
    proxy.target = sink.origin
    const results: Check[] = []
    for (const [name, { way, called }] of Object.entries(resets)) {
      const began = Date.now()
      proxy.cut()
      const before = proxy.connections
      proxy.handler = (...given) => (proxy.connections - before > times ? passThrough : way)(...given)
      await offer(size)
      await waitFor(`${times} breaks`, () => proxy.connections - before > times, 60_000)
      const { left } = await waitUntilDrained(data, 30_000)
      const all = await attemptOutcomes(data, began)
      const counted = called.reduce((sum, outcome) => sum + (all[outcome] ?? 0), 0)
      results.push(
        exactly(`${name}: undelivered`, left, 0),
        exactly(`${name}: ${called.join(' or ')}`, counted, times),
      )
    }
    return results
  })
  await proxy.close()
  return [
    ...checks,
    ...found,
    // Two ways book first; the whole batch goes once, after that a single event tries the way.
    atMost('events sent again though they were booked', sink.extraSends(), 2 * (size + times - 1)),
  ]
}

export const row1: Row = { row: 1, name: 'TikTok down', run: down }
export const row2: Row = { row: 2, name: 'TikTok hangs', run: (context) => holds(context, hangs) }
export const row3: Row = { row: 3, name: 'slow answer', run: (context) => holds(context, drips) }
export const row4: Row = { row: 4, name: 'reset', run: broken }
