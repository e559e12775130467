// Checks a revoked token: one refusal pauses the connection, and a new token delivers all events in order.
import { site } from '../../bench/conversion.js'
import { sleep, waitFor } from '../support/wait.js'
import { copyCollector } from './build-copy.js'
import { atMost, type Check, exactly, moreThan, within } from './check.js'
import { startCollector, waitUntilDrained } from './collector.js'
import { type Data, openData, readStored, type StoreKind } from './data.js'
import { type Ledger, ledgerChecks } from './ledger.js'
import { newId, send, startLoad } from './load.js'
import { type Sink, startSink } from './sink.js'

const revoked = site.accessToken

/** Messages with which TikTok refuses a token. */
const refusals = {
  40105: 'Access token is incorrect or has been revoked.',
  40104: 'Access token is empty.',
  40001: 'No permission to operate pixel code.',
}

export interface TokenOptions {
  store: StoreKind
  code?: keyof typeof refusals
}

export async function revokedToken({ store, code = 40105 }: TokenOptions): Promise<Check[]> {
  const { sink, data, ledger, requests } = await refuse(store, code)
  const attempts = await countAttempts(data)
  const { states } = await readStored(data)

  const same = await startCollector({ data, sink })
  await send(same.origin, [newId()], ledger)
  await sleep(2_000)
  await same.stop()
  const probes = sink.batches.length - requests

  const renewed = await startCollector({ data, sink, token: 'a-new-token' })
  const startedAt = Date.now()
  await waitFor('the first delivery', () => sink.booked.size > 0)
  const firstMs = Date.now() - startedAt
  const { left } = await waitUntilDrained(data)
  await renewed.stop()
  const stored = await readStored(data)
  const { checks, count } = ledgerChecks(ledger, stored, sink.booked, sink.netDuplicates())
  await sink.down()
  return [
    ...checks,
    exactly('requests with the revoked token', requests, 1),
    exactly('attempts counted', attempts, 0),
    exactly('failed', [...states.values()].filter((state) => state === 'failed').length, 0),
    atMost('probes after a restart with the same token', probes, 1),
    within('ms to the first delivery with a new token', firstMs, 5_000),
    exactly('undelivered at the end', left + count.failed + count.skipped, 0),
    exactly('delivered out of order', countOutOfOrder([...stored.states.keys()], [...sink.booked]), 0),
    await control(store, code),
  ]
}

/** Sends events for two seconds while TikTok refuses the token. */
async function refuse(store: StoreKind, code: keyof typeof refusals, main?: string) {
  const sink: Sink = await startSink()
  sink.answer = ({ token }) => (token === revoked ? { code, message: refusals[code] } : { code: 0 })
  const data: Data = await openData(store)
  const ledger: Ledger = new Set()
  const collector = await startCollector({ data, sink, ...(main && { main }) })
  const load = startLoad({ origin: collector.origin, ledger, rate: 300 })
  await sleep(2_000)
  await load.stop()
  await collector.stop()
  return { sink, data, ledger, requests: sink.batches.length }
}

/** How many events were booked after one that had arrived later. */
function countOutOfOrder(rows: string[], booked: string[]): number {
  const place = new Map(rows.map((id, at) => [id, at]))
  let furthest = -1
  return booked.filter((id) => {
    const at = place.get(id) ?? -1
    const isOutOfOrder = at < furthest
    furthest = Math.max(furthest, at)
    return isOutOfOrder
  }).length
}

/** If a refused token counts against the events, their attempts must increase. */
async function control(store: StoreKind, code: keyof typeof refusals): Promise<Check> {
  const { sink, data } = await refuse(store, code, copyCollector('pause'))
  await sink.down()
  return moreThan('control: attempts counted without the pause', await countAttempts(data), 0)
}

async function countAttempts(data: Data): Promise<number> {
  const [row] = await data.query<{ n: number | string }>('select sum(attempts) as n from deliveries')
  return Number(row?.n)
}
