// Measures how fast waiting events are delivered, beside a simple sender of one event a request.
import { Pool } from 'undici'
import { apiKey, serverBody } from './conversion.js'
import { type Sink, sleep, startMeasuredCollector, startSink } from './processes.js'
import { goal, median, printTable, ratio, whole } from './table.js'

const delays = [0, 50, 200]
const simpleConnections = 10
/** The drain fails after this time without progress. */
const stallTimeoutMs = 60_000

/** Returns the number of events that were not delivered. */
export async function relay({ rounds = 3, events = 40_000, simpleSeconds = 3 } = {}): Promise<number> {
  const sink = await startSink()
  const collector = await startMeasuredCollector(sink)
  let missing = 0
  try {
    console.log(`${rounds} rounds of ${whole(events)} events, Node ${process.version}\n`)
    const rows: string[][] = []
    const ratios: number[] = []
    for (const delayMs of delays) {
      await sink.set({ delayMs, mode: 'answer' })
      const simple: number[] = []
      const relayed: number[] = []
      let batch = 0
      for (let round = 0; round < rounds; round++) {
        simple.push(await sendOneByOne(sink.origin, simpleSeconds))
        await sink.quiet()
        const run = await drain(sink, collector.origin, events, `d${delayMs}-r${round}`)
        relayed.push(run.eventsPerSecond)
        batch = run.batch
        missing += run.missing
      }
      const times = median(relayed) / median(simple)
      ratios.push(times)
      rows.push([
        `${delayMs} ms`,
        whole(median(simple)),
        whole(median(relayed)),
        whole(batch),
        `${ratio(times)} ×`,
      ])
    }
    const simpleTitle = `one a request, ${simpleConnections} connections`
    printTable(
      ['TikTok answers after', simpleTitle, 'the relay, events/s', 'events a request', 'ratio'],
      rows,
    )
    console.log()
    delays.forEach((delayMs, i) => {
      const times = ratios[i] as number
      goal(`relay ÷ one event a request, answer after ${delayMs} ms`, times, times >= 20, '≥ 20')
    })
    return missing
  } finally {
    await Promise.all([collector.stop(), sink.stop()])
  }
}

/** Fills the outbox while the sink holds all requests, then releases it and measures until the last event. */
async function drain(sink: Sink, origin: string, count: number, prefix: string) {
  const before = (await sink.stats()).events
  await sink.set({ mode: 'hold' })
  await fill(origin, count, prefix)
  await sink.set({ mode: 'answer' })
  let stats = await sink.stats()
  let progressAt = performance.now()
  while (stats.events - before < count && performance.now() - progressAt < stallTimeoutMs) {
    await sleep(20)
    const current = await sink.stats()
    if (current.events !== stats.events) progressAt = performance.now()
    stats = current
  }
  const { released } = stats
  const missing = Math.max(0, count - (stats.events - before))
  if (missing) console.log(`LOST: ${whole(missing)} of ${whole(count)} events did not come`)
  return {
    eventsPerSecond: released.events / (released.elapsedMs / 1000),
    batch: released.events / released.requests,
    missing,
  }
}

async function fill(origin: string, count: number, prefix: string): Promise<void> {
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${apiKey}` }
  for (let from = 0; from < count; from += 1_000) {
    const ids = Array.from({ length: Math.min(1_000, count - from) }, (_, i) => `${prefix}-${from + i}`)
    const response = await fetch(`${origin}/v1/events`, { method: 'POST', headers, body: serverBody(ids) })
    const text = await response.text()
    if (response.status !== 202 || JSON.parse(text).accepted !== ids.length)
      throw new Error(`The collector did not accept the batch: ${response.status} ${text.slice(0, 500)}`)
  }
}

/** A simple sender: a pooled client with one event in each request. Returns events a second. */
async function sendOneByOne(origin: string, seconds: number): Promise<number> {
  const pool = new Pool(origin, { connections: simpleConnections })
  const startedAt = performance.now()
  let sent = 0
  const sender = async () => {
    while (performance.now() - startedAt < seconds * 1000) {
      const event = {
        event: 'Purchase',
        event_time: 1795400000,
        event_id: `simple-${sent}`,
        user: {},
        page: {},
      }
      const body = JSON.stringify({ event_source: 'web', event_source_id: 'C4BENCH', data: [event] })
      const path = '/open_api/v1.3/event/track/'
      const answer = await pool.request({ path, method: 'POST', headers: { 'access-token': 'bench' }, body })
      await answer.body.json()
      sent++
    }
  }
  await Promise.all(Array.from({ length: simpleConnections }, sender))
  const rate = sent / ((performance.now() - startedAt) / 1000)
  await pool.close()
  return rate
}
