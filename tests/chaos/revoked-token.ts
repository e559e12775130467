// Knows the proof that a revoked token costs nothing: one refusal pauses, a new token delivers all in order.
import { site } from '../../bench/conversion.js'
import { sleep, waitFor } from '../support/wait.js'
import { copyCollector } from './build-copy.js'
import { atMost, type Check, exactly, moreThan } from './check.js'
import { startCollector, waitUntilDrained } from './collector.js'
import { type Data, openData, readStored, type StoreKind } from './data.js'
import { type Ledger, ledgerChecks } from './ledger.js'
import { newId, send, startLoad } from './load.js'
import { type Sink, startSink } from './sink.js'

const revoked = site.accessToken

/** What TikTok says to a token that it does not take. */
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
  const tries = await burned(data)
  const dead = (await readStored(data)).fates

  const same = await startCollector({ data, sink })
  await send(same.origin, [newId()], ledger)
  await sleep(2_000)
  await same.stop()
  const probes = sink.batches.length - requests

  const renewed = await startCollector({ data, sink, token: 'a-new-token' })
  const began = Date.now()
  await waitFor('the first delivery', () => sink.booked.size > 0, 20_000)
  const firstMs = Date.now() - began
  const { left } = await waitUntilDrained(data, 30_000)
  await renewed.stop()
  const stored = await readStored(data)
  const { checks, count } = ledgerChecks(ledger, stored, sink.booked, sink.netDuplicates())
  await sink.down()
  return [
    ...checks,
    exactly('requests with the revoked token', requests, 1),
    exactly('attempts burned', tries, 0),
    exactly('dead', [...dead.values()].filter((fate) => fate === 'failed').length, 0),
    atMost('probes after a restart with the same token', probes, 1),
    atMost('ms to the first delivery with a new token', firstMs, 5_000),
    exactly('undelivered at the end', left + count.failed + count.skipped, 0),
    exactly('delivered out of order', disorder([...stored.fates.keys()], [...sink.booked]), 0),
    await control(store, code),
  ]
}

/** Takes events under a token that TikTok refuses, for two seconds. */
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

/** How many came before one that had arrived earlier. */
function disorder(rows: string[], booked: string[]): number {
  const place = new Map(rows.map((id, at) => [id, at]))
  let furthest = -1
  return booked.filter((id) => {
    const at = place.get(id) ?? -1
    const early = at < furthest
    furthest = Math.max(furthest, at)
    return early
  }).length
}

/** Where a refused token counts as an event's fault, attempts must burn. */
async function control(store: StoreKind, code: keyof typeof refusals): Promise<Check> {
  const { sink, data } = await refuse(store, code, copyCollector('pause'))
  await sink.down()
  return moreThan('control: attempts burned without the pause', await burned(data), 0)
}

async function burned(data: Data): Promise<number> {
  const [row] = await data.query<{ n: number | string }>('select sum(attempts) as n from deliveries')
  return Number(row?.n)
}
