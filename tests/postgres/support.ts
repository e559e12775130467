// Starts collectors that share a database, and sends events to them.
import { randomBytes } from 'node:crypto'
import { type Collector, startCollector } from '../support/collector.js'
import { type Answer, call } from '../support/http.js'
import { sites, type WireAnswer } from '../support/test-system.js'
import { startTikTok, type TikTok } from '../support/tiktok.js'
import { sleep } from '../support/wait.js'

const secret = randomBytes(32).toString('base64')

/** Settings of a collector on a database. All collectors of a test have the same secret. */
export const settings = (url: string) => ({ TAGFERRY_DATABASE_URL: url, TAGFERRY_SECRET: secret })

export interface Fleet {
  collectors: Collector[]
  tiktok: TikTok
  end(): Promise<void>
}

/** Starts a number of collectors at the same time. */
export async function startFleet(url: string, count: number): Promise<Fleet> {
  const tiktok = await startTikTok()
  const env = {
    ...settings(url),
    TAGFERRY_TIKTOK_URL: tiktok.origin,
    TAGFERRY_SITES: JSON.stringify(sites),
    TAGFERRY_RATE_LIMIT: 'off',
    TAGFERRY_LOG_LEVEL: 'warn',
  }
  const collectors = await Promise.all(Array.from({ length: count }, () => startCollector({ env })))
  return {
    collectors,
    tiktok,
    async end() {
      await Promise.all(collectors.map((collector) => collector.stop()))
      await tiktok.close()
    },
  }
}

/** User agent of a browser, not of a bot. */
export const userAgent = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0'

let last = 0

export const newIds = (count: number) => Array.from({ length: count }, () => `p${++last}`)

/** Posts events with these ids in one request. */
export async function post(origin: string, ids: string[]): Promise<{ answer: Answer; ids: string[] }> {
  const headers = {
    'content-type': 'text/plain',
    origin: 'https://shop.example',
    'user-agent': userAgent,
  }
  const body = {
    site: 'shop.example',
    events: ids.map((event_id) => ({
      event: 'Purchase',
      event_id,
      properties: { value: 1, currency: 'USD' },
    })),
  }
  return { answer: await call(origin, { method: 'POST', path: '/e', headers, body }), ids }
}

export interface Ledger {
  /** Ids that were answered 202 as accepted or duplicates. */
  acknowledged: Set<string>
  /** Number of answers by status. */
  statuses: Map<number, number>
}

/** Two senders for each collector post requests one after the other, until the signal aborts. A 503 is not sent again. */
export async function send(origins: string[], until: AbortSignal): Promise<Ledger> {
  const ledger: Ledger = { acknowledged: new Set(), statuses: new Map() }
  const sender = async (origin: string) => {
    while (!until.aborted) {
      const { answer, ids } = await post(origin, newIds(10))
      ledger.statuses.set(answer.status, (ledger.statuses.get(answer.status) ?? 0) + 1)
      const { accepted = 0, duplicates = 0 } = (answer.json ?? {}) as Partial<WireAnswer>
      if (answer.status === 202 && accepted + duplicates === ids.length)
        for (const id of ids) ledger.acknowledged.add(id)
      await sleep(5)
    }
  }
  await Promise.all([...origins, ...origins].map(sender))
  return ledger
}

/** How often TikTok has received each event. */
export function countReceived(tiktok: TikTok): Map<string, number> {
  const counts = new Map<string, number>()
  for (const { body } of tiktok.requests)
    for (const { event_id: id } of body.data) counts.set(id, (counts.get(id) ?? 0) + 1)
  return counts
}
