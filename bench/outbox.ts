// Makes an outbox with very many pending deliveries on each database, quickly: through the port of the store.
import { createHash } from 'node:crypto'
import { statSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from '@photostructure/sqlite'
import type { HashedEvent, Sha256 } from '../collector/src/event.js'
import { claimRows as postgresClaim } from '../collector/src/store/postgres/claims.js'
import { connectPostgres } from '../collector/src/store/postgres/database.js'
import { openPostgres } from '../collector/src/store/postgres/postgres.js'
import { claimRows as sqliteClaim } from '../collector/src/store/sqlite/claims.js'
import { openSqlite } from '../collector/src/store/sqlite/sqlite.js'
import type { Store } from '../collector/src/store/store.js'
import { ask } from '../tests/support/postgres.js'
import { postgresOptions, sqliteOptions } from '../tests/support/store-drivers.js'
import { temporaryDir } from '../tests/support/temporary.js'
import { browserHeaders, site } from './conversion.js'
import { environmentOf, secret, type TunedPostgres } from './database.js'

export interface Outbox {
  name: string
  store: Store
  /** The data folder of a collector on this outbox. */
  dataDir: string
  /** The settings of that collector. */
  env: Record<string, string>
  /** Bytes of all tables and indexes. */
  size(): Promise<number>
  /** The query plan of a claim. */
  plan(): Promise<string[]>
}

export const connection = { site: site.domain, vendor: 'tiktok', fingerprint: 'bench' }

const clock = () => Date.now()
const uptime = () => performance.now()

export async function sqliteOutbox(): Promise<Outbox> {
  const dataDir = temporaryDir()
  const file = join(dataDir, 'tagferry.db')
  const store = await openSqlite(sqliteOptions(file, { keys: secret, clock }))
  return {
    name: 'SQLite',
    store,
    dataDir,
    env: { TAGFERRY_SECRET: secret.toString('base64') },
    size: async () => statSync(file).size,
    async plan() {
      const database = new DatabaseSync(file, { readOnly: true })
      const rows = database.prepare(`explain query plan ${sqliteClaim}`).all() as { detail: string }[]
      database.close()
      return rows.map(({ detail }) => detail)
    },
  }
}

export async function postgresOutbox(server: TunedPostgres): Promise<Outbox> {
  const url = await server.database()
  const store = await openPostgres(postgresOptions(url, { keys: secret, clock, uptime }))
  return {
    name: 'PostgreSQL',
    store,
    dataDir: temporaryDir(),
    env: environmentOf(url),
    async size() {
      const [row] = await ask<{ bytes: string }>(url, 'select pg_database_size(current_database()) as bytes')
      return Number(row?.bytes)
    },
    async plan() {
      const database = connectPostgres({ url, uptime })
      const values = [connection.site, connection.vendor, Date.now(), 1_000, Date.now(), 'token', 1_048_576]
      const rows = await database.query<{ 'QUERY PLAN': string }>(
        `explain (costs off) ${postgresClaim}`,
        values,
      )
      await database.end()
      return rows.map((row) => row['QUERY PLAN'])
    },
  }
}

const batch = 2_000

/** Appends purchases of as many people, one each millisecond up to now. Returns rows a second. */
export async function fill({ store }: Outbox, count: number): Promise<number> {
  const startedAt = performance.now()
  const first = Date.now() - count
  for (let from = 0; from < count; from += batch) {
    const events = Array.from({ length: Math.min(batch, count - from) }, (_, i) => purchase(from + i, first))
    const verdicts = await store.append(
      events.map((event) => ({ kind: 'event', event, vendors: [connection.vendor] })),
    )
    if (verdicts.some((verdict) => verdict !== 'stored')) throw new Error('The store did not store an event.')
  }
  return count / ((performance.now() - startedAt) / 1_000)
}

const hash = (text: string) => createHash('sha256').update(text).digest('hex') as Sha256

const purchase = (index: number, first: number): HashedEvent => ({
  site: site.domain,
  source: 'browser',
  event: 'Purchase',
  eventId: `order-${index}`,
  eventTime: Math.floor((first + index) / 1_000),
  receivedAt: first + index,
  user: {
    email: hash(`${index}@example.com`),
    phone: hash(`+1415${index}`),
    ttclid: 'E.C.P.CqMBbench0123456789',
  },
  visitor: { ip: '203.0.113.9', userAgent: browserHeaders['user-agent'] },
  page: { url: 'https://shop.example/thanks', referrer: 'https://shop.example/cart' },
  properties: {
    value: 79.8,
    currency: 'USD',
    order_id: `order-${index}`,
    contents: [
      { content_id: 'sku-1', content_name: 'Canvas bag', quantity: 1, price: 49.9 },
      { content_id: 'sku-2', content_name: 'Enamel cup', quantity: 2, price: 14.95 },
    ],
  },
  limitedDataUse: false,
  privacyReason: 'none',
})
