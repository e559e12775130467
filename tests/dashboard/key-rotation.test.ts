/** Another sealing key while events pour in, and records that somebody has moved to other rows. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync, type DatabaseSyncInstance } from '@photostructure/sqlite'
import { afterEach, describe, expect, it } from 'vitest'
import { runCli } from '../support/cli.js'
import { type Collector, startCollector } from '../support/collector.js'
import { connectDomain, type Dashboard, startDashboard } from '../support/dashboard.js'
import { okBody } from '../support/tiktok.js'
import { createVisitors, keyId, sentAddresses } from '../support/visitors.js'
import { waitFor } from '../support/wait.js'

let dashboard: Dashboard
let again: Collector | undefined
/** While it is, TikTok takes nothing of shop.example. */
let away = false
afterEach(async () => {
  away = false
  await again?.stop()
  await dashboard?.stop()
})

/** Two domains that were connected in the dashboard: their tokens lie sealed in the store. */
async function start(): Promise<Dashboard> {
  dashboard = await startDashboard(
    { TAGFERRY_TRUST_PROXY: 'loopback', TAGFERRY_RATE_LIMIT: 'off', TAGFERRY_LOG_LEVEL: 'warn' },
    ({ headers }, response) => {
      if (away && headers['access-token'] === 'token-shop') response.writeHead(503).end()
      else response.end(okBody)
    },
  )
  await connectDomain(dashboard, 'shop.example', 'token-shop')
  await connectDomain(dashboard, 'other.example', 'token-other')
  away = true
  return dashboard
}

const startAgain = async () => {
  again = await startCollector({
    dataDir: dashboard.collector.dataDir,
    env: { TAGFERRY_TIKTOK_URL: dashboard.tiktok.origin, TAGFERRY_TRUST_PROXY: 'loopback' },
  })
  return again
}

/** The file, while no collector writes to it. */
function inFile<Result>(use: (database: DatabaseSyncInstance) => Result): Result {
  const database = new DatabaseSync(join(dashboard.collector.dataDir, 'tagferry.db'))
  try {
    return use(database)
  } finally {
    database.close()
  }
}

describe('another sealing key', () => {
  it('is taken under load: no request fails, nothing stays under the old one, and all can be read', async () => {
    const { collector, tiktok } = await start()
    const keyFile = join(collector.dataDir, 'secret.key')
    const old = readFileSync(keyFile, 'utf8').trim()
    const visitors = createVisitors()
    await visitors.sendSome(collector.origin, 'shop.example', 60)
    const stopping = new AbortController()
    const senders = [
      visitors.send([collector.origin, collector.origin], 'shop.example', stopping.signal),
      visitors.send([collector.origin], 'other.example', stopping.signal),
    ]
    const rotated = await runCli(['keys', 'rotate'], { TAGFERRY_DATA_DIR: collector.dataDir })
    await visitors.sendSome(collector.origin, 'shop.example', 5)
    stopping.abort()
    await Promise.all(senders)
    expect(rotated).toMatchObject({ code: 0, err: '' })
    expect(Number(/^(\d+) records are sealed anew/.exec(rotated.out)?.[1])).toBeGreaterThanOrEqual(600)
    expect(visitors.failures).toEqual([])
    await collector.stop()

    const key = readFileSync(keyFile, 'utf8').trim()
    expect(key).toMatch(/^[\w+/]{43}=$/)
    expect(key).not.toBe(old)
    const rows = inFile((database) =>
      database
        .prepare(
          `select lower(hex(substr(sealed, 2, 4))) as id, count(*) as count
          from (select sealed from visitors union all select sealed from records where sealed is not null) group by 1`,
        )
        .all(),
    )
    expect(rows).toEqual([{ id: keyId(key), count: expect.any(Number) }])

    away = false
    const since = tiktok.requests.length
    const waiting = [...visitors.addresses].filter(([id]) => id.startsWith('shop.example'))
    await startAgain()
    const told = await waitFor(
      'all that waited',
      () => {
        const now = sentAddresses(tiktok, since)
        return waiting.every(([id]) => now.has(id)) ? now : undefined
      },
      30_000,
    )
    expect(waiting.length).toBeGreaterThan(600)
    expect(waiting.filter(([id, ip]) => told.get(id) !== ip)).toEqual([])
    await visitors.sendSome(again?.origin ?? '', 'other.example', 1)
    await waitFor(
      'the other domain’s token',
      () => tiktok.requests.slice(since).find(({ headers }) => headers['access-token'] === 'token-other'),
      30_000,
    )
    const all = sentAddresses(tiktok)
    const others = [...visitors.addresses].filter(([id]) => id.startsWith('other.example'))
    expect(others.filter(([id, ip]) => all.get(id) !== ip)).toEqual([])
  }, 120_000)
})

describe('a sealed record in another row', () => {
  it('is noticed each time: no event bears the address of another', async () => {
    const { collector, tiktok } = await start()
    const visitors = createVisitors()
    await visitors.sendSome(collector.origin, 'shop.example', 20)
    await collector.stop()
    const swapped = inFile((database) => {
      const rows = database
        .prepare('select visitors.event, sealed from visitors order by event')
        .all() as unknown as { event: number; sealed: Uint8Array }[]
      expect(rows).toHaveLength(200)
      const put = database.prepare('update visitors set sealed = ? where event = ?')
      for (const [index, row] of rows.entries()) put.run(rows[(index + 100) % 200]?.sealed ?? null, row.event)
      return rows.length
    })
    away = false
    const since = tiktok.requests.length
    await startAgain()
    const told = await waitFor(
      'all of them',
      () => {
        const now = sentAddresses(tiktok, since)
        return now.size >= swapped ? now : undefined
      },
      30_000,
    )
    expect([...new Set(told.values())]).toEqual([undefined])
    expect(again?.log()).toContain('sent without the visitor')
  }, 60_000)

  it('gives no domain the token of another', async () => {
    const { collector, tiktok } = await start()
    const visitors = createVisitors()
    await collector.stop()
    inFile((database) => {
      const rows = database
        .prepare("select id, sealed from records where kind = 'connection' order by id")
        .all() as unknown as { id: string; sealed: Uint8Array }[]
      expect(rows).toHaveLength(2)
      const put = database.prepare("update records set sealed = ? where kind = 'connection' and id = ?")
      for (const [index, { id }] of rows.entries()) put.run(rows[1 - index]?.sealed ?? null, id)
    })
    away = false
    const since = tiktok.requests.length
    const { origin } = await startAgain()
    await visitors.sendSome(origin, 'shop.example', 1)
    expect(visitors.failures).toEqual([expect.stringContaining('no_connection')])
    expect(tiktok.requests.slice(since)).toEqual([])
  }, 60_000)
})
