/** A second vendor beside TikTok gets the same events through the same outbox, and its trouble delays nobody. */
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

/** A server that keeps what it got; `answer` decides what it says, nothing means that it hangs. */
async function startReceiver(answer: () => string | undefined) {
  const got: unknown[] = []
  const server: Server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    got.push(JSON.parse(Buffer.concat(chunks).toString()))
    const text = answer()
    if (text !== undefined) response.end(text)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { got, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, server }
}

describe('a second vendor', () => {
  let dataDir: string
  let collector: Collector
  let siblingAnswers = true
  let tiktokBooks: Awaited<ReturnType<typeof startReceiver>>
  let siblingBooks: Awaited<ReturnType<typeof startReceiver>>

  beforeEach(async () => {
    siblingAnswers = true
    tiktokBooks = await startReceiver(() => '{"code":0,"message":"OK"}')
    siblingBooks = await startReceiver(() => (siblingAnswers ? 'ok' : undefined))
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
      tiktokUrl: tiktokBooks.url,
      siblingUrl: siblingBooks.url,
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
      random: () => 0,
      log: { info() {}, warn() {}, error() {} },
    })
  })
  afterEach(async () => {
    await collector.stop()
    for (const { server } of [tiktokBooks, siblingBooks]) server.close().closeAllConnections()
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
    const event = (await collector.store.list({ limit: 100 })).find(({ eventId }) => eventId === id)
    return Object.fromEntries(
      event?.deliveries.map(({ vendor, state, reason }) => [vendor, reason ?? state]) ?? [],
    )
  }

  it('gets the same events through the same outbox', async () => {
    await send('Purchase')
    await vi.waitFor(async () => {
      expect(await statesOf('Purchase-1')).toEqual({ tiktok: 'delivered', sibling: 'delivered' })
    })
    expect(tiktokBooks.got).toMatchObject([
      { data: [{ event_id: 'Purchase-1', user: { ttclid: 'E.C.P.abc' } }] },
    ])
    expect(siblingBooks.got).toMatchObject([[{ id: 'Purchase-1', user: { ttclid: 'E.C.P.abc' } }]])
  })

  it('does not delay TikTok while it hangs, and gets its events afterwards', async () => {
    siblingAnswers = false
    await send('Purchase')
    await vi.waitFor(async () => expect((await statesOf('Purchase-1')).tiktok).toBe('delivered'))
    await send('Lead')
    await vi.waitFor(async () => expect((await statesOf('Lead-1')).tiktok).toBe('delivered'))
    expect((await statesOf('Lead-1')).sibling).toBe('pending')
    siblingAnswers = true
    for (const id of ['Lead-1', 'Purchase-1']) {
      await vi.waitFor(async () => expect((await statesOf(id)).sibling).toBe('delivered'), 10_000)
    }
  })

  it('skips what it has no form for, with the reason', async () => {
    await send('Search')
    await vi.waitFor(async () => {
      expect(await statesOf('Search-1')).toEqual({ tiktok: 'delivered', sibling: 'unmappable' })
    })
    expect(siblingBooks.got).toEqual([])
  })
})
