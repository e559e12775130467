// Rows of connections to TikTok without an answer: refused, hanging, answered byte by byte, or reset.

import { copyCollector } from '../../chaos/build-copy.js'
import { atMost, type Check, exactly, moreThan, within } from '../../chaos/check.js'
import { waitUntilDrained } from '../../chaos/collector.js'
import { outage } from '../../chaos/outage.js'
import type { Raw } from '../../chaos/sink.js'
import { type ConnectionHandler, passThrough, startScriptedProxy } from '../../support/scripted-proxy.js'
import { sleep, waitFor } from '../../support/wait.js'
import type { Context, Row } from '../row.js'
import { attemptOutcomes, runScenario } from '../scenario.js'

const down: Row['run'] = ({ store, quick }) =>
  // After an outage of a minute the backoff itself may wait for several more.
  outage({ store, downMs: quick ? 2_000 : 60_000, withinS: quick ? 60 : 300 })

/** A reply that never ends. @param start the start of the reply */
function createHangingReply(start: Raw) {
  const seen = { seconds: [] as number[], open: 0, maxOpen: 0 }
  const reply: Raw = (response, book) => {
    const startedAt = Date.now()
    seen.maxOpen = Math.max(seen.maxOpen, ++seen.open)
    response.once('close', () => {
      seen.open--
      seen.seconds.push((Date.now() - startedAt) / 1_000)
    })
    start(response, book)
  }
  return { seen, reply }
}

/** A copy without deadlines, and how long to watch it. */
interface Control {
  main: string
  waitMs: number
}

/** Lets the first requests hang, then answers. Events are accepted all the time. */
async function hangFirst(context: Context, start: Raw, times: number, control?: Control) {
  const { seen, reply } = createHangingReply(start)
  const setup = { store: context.store, ...(control && { main: control.main }) }
  const { found, checks, sink } = await runScenario(setup, async ({ sink, data, sendEvents }) => {
    sink.answer = () => (sink.batches.length <= times ? reply : { code: 0 })
    // In a copy without the deadline nothing ends the request.
    const end = Date.now() + (control?.waitMs ?? times * 60_000)
    while (seen.seconds.length < times && Date.now() < end) {
      await sendEvents(1)
      await sleep(200)
    }
    const stillOpen = seen.open
    const { left } = control ? { left: 0 } : await waitUntilDrained(data)
    return { left, stillOpen, ambiguous: (await attemptOutcomes(data)).ambiguous ?? 0 }
  })
  return { found, checks, seen, extra: sink.extraSends() }
}

/** @param endsAfterS the deadline that ends the reply */
async function hanging(context: Context, start: Raw, endsAfterS: number): Promise<Check[]> {
  const times = context.quick ? 1 : 3
  const [{ found, checks, seen, extra }, control] = await Promise.all([
    hangFirst(context, start, times),
    hangFirst(context, start, 1, {
      main: copyCollector('deadlines'),
      waitMs: (endsAfterS + 5) * 1_000,
    }),
  ])
  return [
    ...checks,
    exactly('undelivered at the end', found.left, 0),
    exactly('attempts called ambiguous', found.ambiguous, times),
    moreThan('seconds until the shortest was ended', Math.min(...seen.seconds), endsAfterS - 1),
    within('seconds until the longest was ended', Math.max(...seen.seconds), endsAfterS + 3),
    atMost('sockets stuck at once', seen.maxOpen, 2),
    atMost('events sent again though they were booked', extra, times),
    exactly('control: still hanging 5 s later without the deadline', control.found.stillOpen, 1),
  ]
}

const noAnswer: Raw = () => {}
const byteByByte: Raw = (response, book) => {
  book()
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': 1_000 })
  const timer = setInterval(() => response.write(' '), 1_000)
  response.once('close', () => clearInterval(timer))
}

/** Ways in which the connection breaks, and the possible outcomes of the attempt. */
const resets: Record<string, { way: ConnectionHandler; called: string[] }> = {
  'before the body': { way: (socket) => socket.resetAndDestroy(), called: ['not_sent', 'ambiguous'] },
  'closed before the body': { way: (socket) => socket.destroy(), called: ['not_sent', 'ambiguous'] },
  'during the body': {
    way: (socket) => socket.once('data', () => socket.resetAndDestroy()),
    called: ['ambiguous'],
  },
  'after the body': {
    way: (socket, pass) => {
      // TikTok books the events, and its answer does not arrive.
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
  const { found, checks, sink } = await runScenario({ store, env }, async ({ sink, data, sendEvents }) => {
    proxy.target = sink.origin
    const results: Check[] = []
    for (const [name, { way, called }] of Object.entries(resets)) {
      const began = Date.now()
      proxy.cut()
      const before = proxy.connections
      proxy.handler = (...given) => (proxy.connections - before > times ? passThrough : way)(...given)
      await sendEvents(size)
      await waitFor(`${times} breaks`, () => proxy.connections - before > times, 180_000)
      const { left } = await waitUntilDrained(data)
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
    // In two of the ways TikTok books first. Each break halves the next request.
    atMost('events sent again though they were booked', sink.extraSends(), 2 * 2 * size),
  ]
}

export const row1: Row = { row: 1, name: 'TikTok down', run: down }
export const row2: Row = { row: 2, name: 'TikTok hangs', run: (context) => hanging(context, noAnswer, 10) }
export const row3: Row = { row: 3, name: 'slow answer', run: (context) => hanging(context, byteByByte, 30) }
export const row4: Row = { row: 4, name: 'reset', run: broken }
