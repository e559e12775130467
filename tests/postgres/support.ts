// Knows how collectors share one database in a test, and what was promised to those who sent events to them.
import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Collector, startCollector } from '../support/collector.js'
import { type Answer, call } from '../support/http.js'
import { sites, type WireAnswer } from '../support/test-system.js'
import { startTikTok, type TikTok } from '../support/tiktok.js'

const secret = randomBytes(32).toString('base64')

/** Settings of a collector on this database; all that are made here have one secret. */
export const settings = (url: string) => ({ TAGFERRY_DATABASE_URL: url, TAGFERRY_SECRET: secret })

export interface Fleet {
  collectors: Collector[]
  tiktok: TikTok
  end(): Promise<void>
}

/** Starts them at the same moment. */
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

/** Of a browser, not of a bot. */
export const userAgent = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0'

let last = 0

export const newIds = (count: number) => Array.from({ length: count }, () => `p${++last}`)

/** Posts events of these ids in one request. */
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
  /** Ids that were answered 202 and counted as accepted or known. */
  promised: Set<string>
  statuses: Map<number, number>
  /** How long the slowest answer took. */
  slowestMs: number
}

/** Some senders post one after the other, until told to stop; what is answered 503 is not sent again. */
export async function send(origins: string[], until: AbortSignal): Promise<Ledger> {
  const ledger: Ledger = { promised: new Set(), statuses: new Map(), slowestMs: 0 }
  const sender = async (origin: string) => {
    while (!until.aborted) {
      const startedAt = Date.now()
      const { answer, ids } = await post(origin, newIds(10))
      ledger.slowestMs = Math.max(ledger.slowestMs, Date.now() - startedAt)
      ledger.statuses.set(answer.status, (ledger.statuses.get(answer.status) ?? 0) + 1)
      const { accepted = 0, duplicates = 0 } = (answer.json ?? {}) as Partial<WireAnswer>
      if (answer.status === 202 && accepted + duplicates === ids.length)
        for (const id of ids) ledger.promised.add(id)
      await sleep(5)
    }
  }
  await Promise.all([...origins, ...origins].map(sender))
  return ledger
}

/** How often TikTok has heard of each event. */
export function heard(tiktok: TikTok): Map<string, number> {
  const times = new Map<string, number>()
  for (const { body } of tiktok.requests)
    for (const { event_id: id } of body.data) times.set(id, (times.get(id) ?? 0) + 1)
  return times
}
