/** Tests that a second vendor receives the same events through the same store, and that its failures delay no other. */
import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { type Collector, startCollector } from '../../collector/src/collector.js'
import { readConfig } from '../../collector/src/config/config.js'
import { vendors } from '../../collector/src/vendors/index.js'
import { sibling } from './sibling.js'

const kinds = [...vendors, sibling]
const root = (path: string) => new URL(`../../${path}`, import.meta.url)

/** Starts a server that records the bodies of its requests. Without an answer the response never comes. */
async function startReceiver(answer: () => string | undefined) {
  const bodies: unknown[] = []
  const server: Server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    bodies.push(JSON.parse(Buffer.concat(chunks).toString()))
    const text = answer()
    if (text !== undefined) response.end(text)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { bodies, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, server }
}

describe('a second vendor', () => {
  let dataDir: string
  let collector: Collector
  let doesSiblingAnswer = true
  let tiktokServer: Awaited<ReturnType<typeof startReceiver>>
  let siblingServer: Awaited<ReturnType<typeof startReceiver>>

  beforeEach(async () => {
    doesSiblingAnswer = true
    tiktokServer = await startReceiver(() => '{"code":0,"message":"OK"}')
    siblingServer = await startReceiver(() => (doesSiblingAnswer ? 'ok' : undefined))
    dataDir = mkdtempSync(join(tmpdir(), 'tagferry-'))
    const site = {
      domain: 'shop.example',
      pixelCode: 'CHRTV0567FRME7OQ5DI0',
      accessToken: 'not-a-real-token',
      siblingToken: 'not-a-real-token-either',
    }
    const settings = {
      port: 0,
      dataDir,
      sites: [site],
      tiktokUrl: tiktokServer.url,
      siblingUrl: siblingServer.url,
    }
    const read = readConfig([settings], kinds)
    if (!read.ok) throw new Error(JSON.stringify(read.problems))
    collector = await startCollector(read.config, {
      version: 'test',
      kinds,
      places: {
        migrations: root('collector/migrations').pathname,
        data: root('collector/data').pathname,
        scripts: root('snippet/dist').pathname,
        statics: root('collector/dist/static').pathname,
        sqliteWorker: root('collector/dist/sqlite-worker.js'),
      },
      clock: Date.now,
      uptime: () => performance.now(),
      random: () => 0,
      newId: randomUUID,
      log: { info() {}, warn() {}, error() {} },
    })
  })
  afterEach(async () => {
    await collector.stop()
    for (const { server } of [tiktokServer, siblingServer]) server.close().closeAllConnections()
    rmSync(dataDir, { recursive: true })
  })

  async function send(...names: string[]) {
    const events = names.map((event) => ({ event, event_id: `${event}-1`, user: { ttclid: 'E.C.P.abc' } }))
    const response = await fetch(`${collector.url}/e`, {
      method: 'POST',
      headers: {
        'content-type': 'text/plain',
        origin: 'https://shop.example',
        'user-agent': 'Mozilla/5.0 Firefox/140.0',
      },
      body: JSON.stringify({ site: 'shop.example', events }),
    })
    expect(await response.json()).toMatchObject({ accepted: names.length })
  }
  const statesOf = async (id: string) => {
    const event = (await collector.store.events({ limit: 100 })).events.find(({ eventId }) => eventId === id)
    return Object.fromEntries(
      event?.deliveries.map(({ vendor, state, reason }) => [vendor, reason ?? state]) ?? [],
    )
  }

  /** Waits for as long as a busy machine may need. */
  const eventually = (check: () => Promise<void>) => vi.waitFor(check, { timeout: 20_000 })

  it('receives the same events through the same store', async () => {
    await send('Purchase')
    await eventually(async () => {
      expect(await statesOf('Purchase-1')).toEqual({ tiktok: 'delivered', sibling: 'delivered' })
    })
    expect(tiktokServer.bodies).toMatchObject([
      { data: [{ event_id: 'Purchase-1', user: { ttclid: 'E.C.P.abc' } }] },
    ])
    expect(siblingServer.bodies).toMatchObject([[{ id: 'Purchase-1', user: { ttclid: 'E.C.P.abc' } }]])
  })

  it('does not delay TikTok while it hangs, and receives its events afterwards', async () => {
    doesSiblingAnswer = false
    await send('Purchase')
    await eventually(async () => expect((await statesOf('Purchase-1')).tiktok).toBe('delivered'))
    await send('Lead')
    await eventually(async () => expect((await statesOf('Lead-1')).tiktok).toBe('delivered'))
    expect((await statesOf('Lead-1')).sibling).toBe('pending')
    doesSiblingAnswer = true
    siblingServer.server.closeAllConnections()
    for (const id of ['Lead-1', 'Purchase-1']) {
      await eventually(async () => expect((await statesOf(id)).sibling).toBe('delivered'))
    }
  })

  it('skips events that it has no format for, with the reason', async () => {
    await send('Search')
    await eventually(async () => {
      expect(await statesOf('Search-1')).toEqual({ tiktok: 'delivered', sibling: 'unmappable' })
    })
    expect(siblingServer.bodies).toEqual([])
  })
})
