/** Tests that a vendor of another shape needs its folder, one line in the list of vendors and rows of click-ids.ts. */
import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
// @ts-expect-error: jsdom has no types.
import { JSDOM } from 'jsdom'
import { type Plugin, rollup } from 'rollup'
import ts from 'typescript'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { type ClickIdTable, clickIds } from '../../collector/src/click-ids.js'
import { type Collector, startCollector } from '../../collector/src/collector.js'
import { readConfig } from '../../collector/src/config/config.js'
import type { HashedUser } from '../../collector/src/event.js'
import { hashUser, ignoreWarnings } from '../../collector/src/intake/hashed-event.js'
import { subjectHashes } from '../../collector/src/intake/subject-hashes.js'
import type { Entry } from '../../collector/src/store/store.js'
import { vendors } from '../../collector/src/vendors/index.js'
// @ts-expect-error: the build has no types.
import { clickIdModules } from '../../rollup.config.mjs'
import { logIn, password } from '../support/dashboard.js'
import { call } from '../support/http.js'
import { hashedEvent } from '../support/store-samples.js'
import { meta, metaClickIds } from './meta.js'

const kinds = [...vendors, meta]
const table: ClickIdTable = [...clickIds, ...metaClickIds]
/** Removes types only: the types of all sources are checked elsewhere. */
const transpile: Plugin = {
  name: 'transpile',
  resolveId: (source, importer) =>
    importer && source.endsWith('.js')
      ? fileURLToPath(new URL(source.replace(/js$/, 'ts'), `file://${importer}`))
      : null,
  transform: (code) => ts.transpileModule(code, { compilerOptions: { module: 99, target: 7 } }).outputText,
}
const root = (path: string) => new URL(`../../${path}`, import.meta.url)
/** `printf 14155551234 | sha256sum` */
const digitsHash = 'c6a349dfaaf5c3a368d3135014cc1bc7aebf18f654f313f9c1d0b018a897b209'

async function startReceiver(answer: string) {
  const bodies: unknown[] = []
  const sizes: number[] = []
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    const bytes = Buffer.concat(chunks)
    sizes.push(bytes.length)
    bodies.push(JSON.parse(bytes.toString()))
    response.end(answer)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { bodies, sizes, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, server }
}

describe('a vendor with other click ids and another form of phone numbers', () => {
  let dataDir: string
  let collector: Collector
  let tiktokServer: Awaited<ReturnType<typeof startReceiver>>
  let metaServer: Awaited<ReturnType<typeof startReceiver>>

  beforeAll(async () => {
    tiktokServer = await startReceiver('{"code":0,"message":"OK"}')
    metaServer = await startReceiver('ok')
    dataDir = mkdtempSync(join(tmpdir(), 'tagferry-'))
    const site = {
      domain: 'shop.example',
      pixelCode: 'CHRTV0567FRME7OQ5DI0',
      accessToken: 'not-a-real-token',
      metaToken: 'not-a-real-token-either',
    }
    const urls = { tiktokUrl: tiktokServer.url, metaUrl: metaServer.url }
    const read = readConfig([{ port: 0, dataDir, sites: [site], adminPassword: password, ...urls }], kinds)
    if (!read.ok) throw new Error(JSON.stringify(read.problems))
    collector = await startCollector(read.config, {
      version: 'test',
      kinds,
      clickIds: table,
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
  afterAll(async () => {
    await collector.stop()
    for (const { server } of [tiktokServer, metaServer]) server.close().closeAllConnections()
    rmSync(dataDir, { recursive: true })
  })

  it('gets its ids and its form of the phone number, and TikTok gets none of them', async () => {
    const response = await fetch(`${collector.url}/e`, {
      method: 'POST',
      headers: {
        'content-type': 'text/plain',
        origin: 'https://shop.example',
        'user-agent': 'Mozilla/5.0 Firefox/140.0',
        cookie: '_fbp=fb.1.1596403881668.1116446470; _ttp=browser',
      },
      body: JSON.stringify({
        site: 'shop.example',
        events: [
          {
            event: 'Purchase',
            event_id: 'P-1',
            user: { phone: '+1 415 555 1234' },
            page: { url: 'https://shop.example/?fbclid=IwAR2F4-dbP0l7Mn1IawQQGCINEz7PYXQvwjNwB_qa2ofrHyi' },
          },
        ],
      }),
    })
    expect(await response.json()).toMatchObject({ accepted: 1 })
    await vi.waitFor(
      () => expect([tiktokServer.bodies, metaServer.bodies].map((all) => all.length)).toEqual([1, 1]),
      {
        timeout: 20_000,
      },
    )
    const [
      {
        data: [sent],
      },
    ] = metaServer.bodies as [{ data: [{ user_data: Record<string, string> }] }]
    expect(sent.user_data).toEqual({
      ph: digitsHash,
      fbc: expect.stringMatching(/^fb\.1\.\d{13}\.IwAR2F4-dbP0l7Mn1IawQQGCINEz7PYXQvwjNwB_qa2ofrHyi$/),
      fbp: 'fb.1.1596403881668.1116446470',
    })
    const [
      {
        data: [toTikTok],
      },
    ] = tiktokServer.bodies as [{ data: [{ user: object }] }]
    expect(Object.keys(toTikTok.user).sort()).toEqual(['phone', 'ttp', 'user_agent'])
  })

  it('accepts its click id in the body of an event', async () => {
    const response = await fetch(`${collector.url}/e`, {
      method: 'POST',
      headers: {
        'content-type': 'text/plain',
        origin: 'https://shop.example',
        'user-agent': 'Mozilla/5.0 Firefox/140.0',
      },
      body: JSON.stringify({ site: 'shop.example', events: [{ event: 'Lead', user: { fbclid: 'abc' } }] }),
    })
    expect(await response.json()).toMatchObject({ accepted: 1 })
  })

  it('has its click id kept in a cookie of its own, and read from it later', async () => {
    const post = (event: object, cookie = '') =>
      call(collector.url, {
        method: 'POST',
        path: '/e',
        headers: {
          'content-type': 'text/plain',
          host: 't.shop.example',
          origin: 'https://shop.example',
          'user-agent': 'Mozilla/5.0 Firefox/140.0',
          cookie,
        },
        body: JSON.stringify({ site: 'shop.example', events: [event] }),
      })
    const landing = await post({ event: 'Pageview', page: { url: 'https://shop.example/?fbclid=IwAR9z' } })
    const [setCookie] = [landing.headers['set-cookie'] ?? []].flat()
    expect(setCookie).toMatch(/^tagferry_fbclid=IwAR9z~\d{13};/)
    await post({ event: 'Subscribe', event_id: 'P-2' }, setCookie?.split(';')[0])
    const sent = await vi.waitUntil(
      () =>
        (metaServer.bodies as { data: { event_id: string; user_data: { fbc: string } }[] }[])
          .flatMap(({ data }) => data)
          .find(({ event_id }) => event_id === 'P-2'),
      { timeout: 20_000 },
    )
    expect(sent.user_data.fbc).toMatch(/\.IwAR9z$/)
  })

  it('appears in the dashboard by its own labels', async () => {
    const cookie = await logIn(collector.url)
    const page = async (path: string) =>
      (await call(collector.url, { path: `/admin${path}?site=shop.example`, headers: { cookie } })).text
    expect(await page('/connections')).toContain('Meta')
    expect(await page('/configuration')).toContain('Enable Meta')
    expect(await page('/configuration/privacy')).toContain('TikTok and Meta')
    expect(await page('')).toContain('Click id (fbclid)')
  })

  it('has its own limits of a request, and its own place for a test code', async () => {
    const { bodies, sizes } = metaServer
    const entryOf = (index: number): Entry => {
      const more = {
        eventTime: Math.floor(Date.now() / 1_000),
        receivedAt: Date.now(),
        event: 'Contact',
        user: { fbp: `fb.1.${index}.${'1'.repeat(index < 10 ? 1 : index * 50)}` } as HashedUser,
        ...(index >= 25 && { testEventCode: 'TEST12345' }),
      }
      return { kind: 'event', vendors: ['meta'], event: hashedEvent(`L-${index}`, more) }
    }
    await collector.store.append(Array.from({ length: 40 }, (_, index) => entryOf(index)))
    const sent = () =>
      (bodies as { data: { event_id: string }[]; test_event_code?: string }[]).flatMap(
        ({ data, test_event_code: code }) =>
          data
            .map(({ event_id: id }) => ({ id, code, events: data.length }))
            .filter(({ id }) => id.startsWith('L-')),
      )
    await vi.waitFor(() => expect(sent()).toHaveLength(40), { timeout: 20_000 })
    expect(Math.max(...sizes)).toBeLessThanOrEqual(6_000)
    expect(Math.max(...sent().map(({ events }) => events))).toBe(10)
    for (const { id, code } of sent()) expect(code).toBe(Number(id.slice(2)) >= 25 ? 'TEST12345' : undefined)
  })

  it('has its own match keys in the counts of the hour', async () => {
    const hour = Math.floor(Date.now() / 3_600_000)
    const counts = await collector.store.hours({ site: 'shop.example', from: hour - 1, to: hour })
    expect(counts.find(({ event }) => event === 'Purchase')?.keys).toMatchObject({
      fbclid: 1,
      fbp: 1,
      phone: 1,
      ttclid: 0,
    })
  })

  it('is found by every form of a phone number', () => {
    const hashes = subjectHashes({ phone: '+1 415 555 1234' }, [])
    expect(hashes).toEqual([hashUser({ phone: '+14155551234' }, ignoreWarnings).phone, digitsHash])
  })

  it('costs nothing where it is off: no form of the phone number but E.164 is stored', () => {
    expect(
      Object.keys(hashUser({ phone: '+14155551234' }, ignoreWarnings, { phoneForms: ['e164'] })),
    ).toEqual(['phone'])
  })

  it('keeps a phone number that is hashed already', () => {
    const user = hashUser({ phone: digitsHash }, ignoreWarnings, { phoneForms: ['digits'] })
    expect(user).toEqual({ phone: digitsHash, phone_digits: digitsHash })
  })
})

describe('the script with rows of a second vendor', () => {
  it('captures, stores and sends both click ids', async () => {
    const bundle = await rollup({
      input: fileURLToPath(root('snippet/src/t.core.ts')),
      plugins: [clickIdModules(table), transpile],
    })
    const { output } = await bundle.generate({ format: 'iife' })
    const sent: string[] = []
    const { window } = new JSDOM(
      '<script src="https://t.shop.example/t.js" data-site="shop.example" data-endpoint="https://t.shop.example/e"></script>',
      {
        url: 'https://www.shop.example/?ttclid=E.C.P.abc&fbclid=IwAR0x',
        runScripts: 'outside-only',
      },
    )
    Object.defineProperty(window.document, 'currentScript', { value: window.document.scripts[0] })
    window.fetch = (async (_url: string, { body }: { body: string }) => {
      sent.push(body)
      return new Response('{}')
    }) as unknown as typeof window.fetch
    window.document.cookie = '_fbp=fb.1.1596403881668.1116446470'
    window.eval(output[0].code)
    await vi.waitFor(() => expect(sent.length).toBeGreaterThan(0), { timeout: 10_000 })
    expect(JSON.parse(sent[0] ?? '').events[0].user).toMatchObject({
      ttclid: 'E.C.P.abc',
      fbclid: 'IwAR0x',
      fbp: 'fb.1.1596403881668.1116446470',
    })
    expect(window.document.cookie).toMatch(/tagferry_fbclid=IwAR0x~\d+/)
    expect(window.localStorage.getItem('tagferry_ttclid')).toMatch(/^E\.C\.P\.abc~\d+$/)
  })
})
