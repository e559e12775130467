// Tests the routes beside the events: the scripts, the health checks, and the one 404 for everything else.
import { readFileSync } from 'node:fs'
import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { startTestSystem, type TestSystem } from '../support/test-system.js'

let system: TestSystem
beforeAll(async () => {
  system = await startTestSystem()
})
afterEach(() => system.expectServing())
afterAll(() => system.stop())

const get = (path: string, headers: Record<string, string> = {}) => system.call({ path, headers })

describe.each(['/t.js', '/t.core.js', '/t.verify.js'])('%s', (path) => {
  it('is a script that any page may load and cache for a while', async () => {
    const { status, headers, bytes } = await get(path)
    expect(status).toBe(200)
    expect(headers['content-type']).toMatch(/^(text|application)\/javascript/)
    expect(headers['cross-origin-resource-policy']).toBe('cross-origin')
    expect(headers['cache-control']).toMatch(/max-age=\d+/)
    expect(headers['content-encoding']).toBeUndefined()
    expect(headers['set-cookie']).toBeUndefined()
    expect(bytes.length).toBeGreaterThan(0)
  })

  it.each([
    ['gzip', 'gzip', gunzipSync],
    ['gzip, deflate, br, zstd', 'br', brotliDecompressSync],
    ['br;q=0, gzip', 'gzip', gunzipSync],
  ])('is compressed for Accept-Encoding: %s', async (accepted, encoding, unpack) => {
    const plain = await get(path)
    const compressed = await get(path, { 'accept-encoding': accepted })
    expect(compressed.headers['content-encoding']).toBe(encoding)
    expect(compressed.headers.vary).toMatch(/accept-encoding/i)
    expect(unpack(compressed.bytes)).toEqual(plain.bytes)
    expect(compressed.headers.etag).not.toBe(plain.headers.etag)
  })

  it.each(['', 'identity', 'deflate', 'gzip;q=0, br;q=0'])(
    'is not compressed for Accept-Encoding: %s',
    async (accepted) => {
      const { status, headers } = await get(path, { 'accept-encoding': accepted })
      expect(status).toBe(200)
      expect(headers['content-encoding']).toBeUndefined()
    },
  )

  it.each(['', 'gzip', 'br'])('is answered 304 for its ETag (%s)', async (encoding) => {
    const first = await get(path, { 'accept-encoding': encoding })
    const etag = first.headers.etag as string
    for (const tag of [etag, `W/${etag}`, `"other", ${etag}`]) {
      const again = await get(path, { 'accept-encoding': encoding, 'if-none-match': tag })
      expect(again.status).toBe(304)
      expect(again.bytes).toHaveLength(0)
      expect(again.headers.etag).toBe(etag)
    }
    expect((await get(path, { 'accept-encoding': encoding, 'if-none-match': '"other"' })).status).toBe(200)
  })

  it('answers HEAD without a body', async () => {
    const { status, bytes } = await system.call({ method: 'HEAD', path })
    expect(status).toBe(200)
    expect(bytes).toHaveLength(0)
  })
})

it('a copy whose name holds a hash of its content may be cached for ever', async () => {
  const { 't.js': entry } = JSON.parse(
    readFileSync(new URL('../../snippet/dist/manifest.json', import.meta.url), 'utf8'),
  ) as { 't.js': { file: string } }
  const copy = await get(`/${entry.file}`)
  expect(copy.bytes).toEqual((await get('/t.js')).bytes)
  expect(copy.headers['cache-control']).toBe('public, max-age=31536000, immutable')
  expect((await get('/t.000000000000.js')).status).toBe(404)
})

it('the two scripts have different ETags if they differ', async () => {
  const [whole, core] = [await get('/t.js'), await get('/t.core.js')]
  expect(whole.headers.etag === core.headers.etag).toBe(whole.bytes.equals(core.bytes))
})

it('livez and readyz answer 200', async () => {
  expect((await get('/livez')).status).toBe(200)
  expect((await get('/readyz')).status).toBe(200)
})

it('readyz and livez name no path, no site and no token', async () => {
  const text = (await get('/livez')).text + (await get('/readyz')).text
  expect(text).not.toMatch(/shop|token|\/|tagferry\.db/)
})

it.each<[method: string, path: string]>([
  ['GET', '/'],
  ['GET', '/e'],
  ['GET', '/v1/events'],
  ['GET', '/v1'],
  ['GET', '/t.js.map'],
  ['GET', '/t.min.js'],
  ['GET', '/favicon.ico'],
  ['GET', '/.env'],
  ['GET', '/../package.json'],
  ['GET', '/..%2f..%2fpackage.json'],
  ['GET', '/%2e%2e/%2e%2e/etc/passwd'],
  ['GET', '/t.js/..%2f..%2fmain.js'],
  ['GET', '/tagferry.db'],
  ['GET', '/secret.key'],
  ['GET', '/%E0%A4%A'],
  ['GET', '/%00'],
  ['GET', '//evil.com'],
  ['POST', '/'],
  ['POST', '/t.js'],
  ['PUT', '/e'],
  ['DELETE', '/e'],
  ['PATCH', '/v1/events'],
  ['TRACE', '/e'],
  ['PROPFIND', '/e'],
  ['POST', '/e/x'],
])('%s %s gets the same 404 as any unknown path', async (method, path) => {
  const unknown = await get('/nothing-here')
  const { status, text, headers } = await system.call({ method, path })
  expect(status).toBe(404)
  expect(unknown.status).toBe(404)
  expect(text).toBe(unknown.text)
  expect(headers.location).toBeUndefined()
})

describe('GET /verify', () => {
  it.each([
    '',
    '?site=shop.example&nonce=nobody-asked&report=%7B%22copies%22%3A2%7D',
    '?site=shop.example&nonce=x&report=%7B',
    '?site=__proto__&nonce=&report=null',
  ])('answers %j with an empty script that any page may load', async (query) => {
    const { status, headers, text } = await get(`/verify${query}`)
    expect([status, text]).toEqual([200, ''])
    expect(headers).toMatchObject({
      'content-type': 'text/javascript; charset=utf-8',
      'cache-control': 'no-store',
      'access-control-allow-origin': '*',
      'cross-origin-resource-policy': 'cross-origin',
    })
  })
})
