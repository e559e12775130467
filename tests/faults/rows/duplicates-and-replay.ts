// Rows of repetitions: one beacon a thousand times, and a replay of failed events while TikTok is down.
import { browserHeaders, site } from '../../../bench/conversion.js'
import { copyCollector } from '../../chaos/build-copy.js'
import { atMost, type Check, exactly, moreThan, within } from '../../chaos/check.js'
import { startCollector, waitUntilDrained } from '../../chaos/collector.js'
import { type Data, openData, readStored, type StoreKind } from '../../chaos/data.js'
import { type Ledger, ledgerChecks } from '../../chaos/ledger.js'
import { newId, send } from '../../chaos/load.js'
import { startSink } from '../../chaos/sink.js'
import { runCli } from '../../support/cli.js'
import { call } from '../../support/http.js'
import type { Row } from '../row.js'

const beacon = (id: string, value: number) => ({
  method: 'POST',
  path: '/e',
  headers: browserHeaders,
  body: JSON.stringify({
    site: site.domain,
    events: [{ event: 'Purchase', event_id: id, properties: { value, currency: 'USD' } }],
  }),
})

interface Answer {
  accepted: number
  duplicates: number
}

export const beaconRepeated: Row = {
  row: 46,
  name: 'one beacon a thousand times',
  async run({ store, quick }) {
    const sink = await startSink()
    const data = await openData(store)
    const ledger: Ledger = new Set()
    const collector = await startCollector({ data, sink })
    const [same, other] = [newId(), newId()]
    const first = await call(collector.origin, beacon(other, 0))
    const count = quick ? 200 : 1_000
    const answers = [first]
    for (let sent = 0; sent < count; sent += 50) {
      const some = Array.from({ length: 50 }, (_, at) => [
        beacon(same, 1),
        beacon(other, sent + at + 1),
      ]).flat()
      answers.push(...(await Promise.all(some.map((one) => call(collector.origin, one)))))
    }
    for (const id of [same, other]) ledger.add(id)
    const { left } = await waitUntilDrained(data)
    await collector.stop()
    const sum = (key: keyof Answer) => answers.reduce((total, { json }) => total + (json as Answer)[key], 0)
    const rows = await data.query<{ id: string; body: string }>('select event_id as id, body from events')
    const kept = JSON.parse(rows.find(({ id }) => id === other)?.body ?? '{}') as {
      properties?: { value: number }
    }
    const { checks } = ledgerChecks(ledger, await readStored(data), sink.booked, sink.netDuplicates())
    await sink.down()
    return [
      ...checks,
      exactly('answers other than 202', answers.filter(({ status }) => status !== 202).length, 0),
      exactly('accepted', sum('accepted'), 2),
      exactly('counted as duplicates', sum('duplicates'), 2 * count - 1),
      exactly('rows stored', rows.length, 2),
      exactly('value of the first that is kept', kept.properties?.value ?? -1, 0),
      exactly('sends', sink.booked.size + sink.extraSends(), 2),
      exactly('undelivered at the end', left, 0),
    ]
  },
}

const countOf = async (data: Data, state: string) => {
  const [row] = await data.query<{ n: number | string }>(
    `select count(*) as n from deliveries where state = '${state}'`,
  )
  return Number(row?.n ?? -1)
}

/** Runs `tagferry replay`; gives the number of events that it prints. */
async function replay(main: string, data: Data): Promise<number> {
  const env = { TAGFERRY_DATA_DIR: data.dir, ...data.env }
  const { out } = await runCli(['replay', '--since', '1h'], env, { main })
  return Number(/^(\d+) event/.exec(out)?.[1] ?? -1)
}

async function replayWhileDown(store: StoreKind, count: number): Promise<Check[]> {
  const sink = await startSink()
  const data = await openData(store)
  const ledger: Ledger = new Set()
  const main = copyCollector()
  const before = await startCollector({ data, sink, main })
  await sink.down()
  for (let sent = 0; sent < count; sent += 1_000)
    await send(before.origin, Array.from({ length: 1_000 }, newId), ledger)
  await before.stop()
  // As if TikTok had refused each of them, which would take two requests an event.
  await data.query(
    "update deliveries set state = 'failed', reason = 'made for a test', settled_at = due_at returning 1",
  )
  const failed = await countOf(data, 'failed')

  const collector = await startCollector({ data, sink, main })
  // Two replays at once, and a third one afterwards: no event is counted twice.
  const [first, second] = await Promise.all([replay(main, data), replay(main, data)])
  const again = await replay(main, data)
  const during = await send(collector.origin, [newId()], ledger)
  const pendingWhileDown = await countOf(data, 'pending')
  await collector.kill()
  await sink.up()
  const after = await startCollector({ data, sink, main })
  const { left, seconds } = await waitUntilDrained(data)
  await after.stop()
  const { checks, count: counts } = ledgerChecks(
    ledger,
    await readStored(data),
    sink.booked,
    sink.netDuplicates(),
  )
  await sink.down()
  return [
    ...checks,
    exactly('failed before', failed, count),
    exactly('replayed by two commands at once', first + second, count),
    exactly('replayed once more', again, 0),
    exactly('answer to a new event meanwhile', during.status, 202),
    exactly('pending while TikTok is down', pendingWhileDown, count + 1),
    exactly('delivered once it is back, over a kill', counts.delivered, count + 1),
    exactly('undelivered at the end', left, 0),
    atMost('sends beyond one for each event', sink.extraSends(), 1_000),
    within('seconds to deliver all', seconds, 180),
  ]
}

/** A site is removed from the settings while its events are pending. They wait, and are delivered when it is back. */
async function siteRemoved(store: StoreKind): Promise<Check[]> {
  const sink = await startSink()
  await sink.down()
  const data = await openData(store)
  const ledger: Ledger = new Set()
  const before = await startCollector({ data, sink })
  await send(before.origin, Array.from({ length: 100 }, newId), ledger)
  await before.stop()
  await sink.up()
  const without = await startCollector({ data, sink, env: { TAGFERRY_SITES: '[]', TAGFERRY_API_KEYS: '[]' } })
  const pending = (await waitUntilDrained(data, 2_000)).left
  await without.stop()
  const back = await startCollector({ data, sink })
  const { left } = await waitUntilDrained(data)
  await back.stop()
  const { checks } = ledgerChecks(ledger, await readStored(data), sink.booked, sink.netDuplicates())
  await sink.down()
  return [
    ...checks,
    exactly('pending while the site is missing', pending, 100),
    exactly('undelivered once it is back', left, 0),
  ].map((check) => ({ ...check, name: `a removed site: ${check.name}` }))
}

export const replayed: Row = {
  row: 48,
  name: 'replay and a site that leaves, amid a fault',
  async run({ store, quick }) {
    const count = quick ? 10_000 : 100_000
    return [
      moreThan('events', count, 0),
      ...(await replayWhileDown(store, count)),
      ...(await siteRemoved(store)),
    ]
  },
}
