// Tests the rotation of the encryption key under load, and that encrypted records cannot be moved to other rows.
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
let restarted: Collector | undefined
/** While true, TikTok accepts nothing of shop.example. */
let isDown = false
afterEach(async () => {
  isDown = false
  await restarted?.stop()
  await dashboard?.stop()
})

/** Starts with two domains connected in the dashboard, so that their tokens are stored encrypted. */
async function start(): Promise<Dashboard> {
  dashboard = await startDashboard(
    { TAGFERRY_TRUST_PROXY: 'loopback', TAGFERRY_RATE_LIMIT: 'off', TAGFERRY_LOG_LEVEL: 'warn' },
    ({ headers }, response) => {
      if (isDown && headers['access-token'] === 'token-shop') response.writeHead(503).end()
      else response.end(okBody)
    },
  )
  await connectDomain(dashboard, 'shop.example', 'token-shop')
  await connectDomain(dashboard, 'other.example', 'token-other')
  isDown = true
  return dashboard
}

const restart = async () => {
  restarted = await startCollector({
    dataDir: dashboard.collector.dataDir,
    env: { TAGFERRY_TIKTOK_URL: dashboard.tiktok.origin, TAGFERRY_TRUST_PROXY: 'loopback' },
  })
  return restarted
}

/** Uses the database file while no collector runs. */
function inDatabase<Result>(use: (database: DatabaseSyncInstance) => Result): Result {
  const database = new DatabaseSync(join(dashboard.collector.dataDir, 'tagferry.db'))
  try {
    return use(database)
  } finally {
    database.close()
  }
}

describe('a new encryption key', () => {
  it('is used under load: no request fails, every record is encrypted with it, and all can be read', async () => {
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
    const rows = inDatabase((database) =>
      database
        .prepare(
          `select lower(hex(substr(sealed, 2, 4))) as id, count(*) as count
          from (select sealed from visitors union all select sealed from records where sealed is not null) group by 1`,
        )
        .all(),
    )
    expect(rows).toEqual([{ id: keyId(key), count: expect.any(Number) }])

    isDown = false
    const since = tiktok.requests.length
    const waiting = [...visitors.addresses].filter(([id]) => id.startsWith('shop.example'))
    await restart()
    const sent = await waitFor('all pending events', () => {
      const addresses = sentAddresses(tiktok, since)
      return waiting.every(([id]) => addresses.has(id)) && addresses
    })
    expect(waiting.length).toBeGreaterThan(600)
    expect(waiting.filter(([id, ip]) => sent.get(id) !== ip)).toEqual([])
    await visitors.sendSome(restarted?.origin ?? '', 'other.example', 1)
    await waitFor('the token of the other domain', () =>
      tiktok.requests.slice(since).find(({ headers }) => headers['access-token'] === 'token-other'),
    )
    const all = sentAddresses(tiktok)
    const others = [...visitors.addresses].filter(([id]) => id.startsWith('other.example'))
    expect(others.filter(([id, ip]) => all.get(id) !== ip)).toEqual([])
  })
})

describe('an encrypted record in another row', () => {
  it('is never used: no event is sent with the address of another', async () => {
    const { collector, tiktok } = await start()
    const visitors = createVisitors()
    await visitors.sendSome(collector.origin, 'shop.example', 20)
    await collector.stop()
    const swapped = inDatabase((database) => {
      const rows = database
        .prepare('select visitors.event, sealed from visitors order by event')
        .all() as unknown as { event: number; sealed: Uint8Array }[]
      expect(rows).toHaveLength(200)
      const put = database.prepare('update visitors set sealed = ? where event = ?')
      for (const [index, row] of rows.entries()) put.run(rows[(index + 100) % 200]?.sealed ?? null, row.event)
      return rows.length
    })
    isDown = false
    const since = tiktok.requests.length
    await restart()
    const sent = await waitFor('all events', () => {
      const addresses = sentAddresses(tiktok, since)
      return addresses.size >= swapped && addresses
    })
    expect([...new Set(sent.values())]).toEqual([undefined])
    expect(restarted?.log()).toContain('sent without them')
  })

  it('is never used: no domain gets the token of another', async () => {
    const { collector, tiktok } = await start()
    const visitors = createVisitors()
    await collector.stop()
    inDatabase((database) => {
      const rows = database
        .prepare("select id, sealed from records where kind = 'connection' order by id")
        .all() as unknown as { id: string; sealed: Uint8Array }[]
      expect(rows).toHaveLength(2)
      const put = database.prepare("update records set sealed = ? where kind = 'connection' and id = ?")
      for (const [index, { id }] of rows.entries()) put.run(rows[1 - index]?.sealed ?? null, id)
    })
    isDown = false
    const since = tiktok.requests.length
    const { origin } = await restart()
    await visitors.sendSome(origin, 'shop.example', 1)
    expect(visitors.failures).toEqual([expect.stringContaining('no_connection')])
    expect(tiktok.requests.slice(since)).toEqual([])
  })
})
