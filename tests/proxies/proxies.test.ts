// Tests the proxy rules of docs/install.md with a real nginx and a real Caddy in front of a collector.
import { brotliDecompressSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ReverseProxy } from '../support/caddy.js'
import { call } from '../support/http.js'
import { purchase, startTestSystem, type TestSystem } from '../support/test-system.js'
import { caddyBefore, type Mount, nginxBefore } from './documented-rules.js'

let system: TestSystem
beforeAll(async () => {
  system = await startTestSystem({
    TAGFERRY_TRUST_PROXY: 'loopback',
    TAGFERRY_LDU_UNKNOWN: 'false',
    TAGFERRY_RATE_LIMIT: '1',
  })
})
afterAll(() => system?.stop())

/** Every address of 127.0.0.0/8 belongs to this machine, so that a visitor can have one that is not the proxy's. */
const visitor = '127.0.0.9'

describe.each([
  ['nginx', nginxBefore],
  ['Caddy', caddyBefore],
] as const)('behind %s', (_name, start) => {
  describe.each<[Mount, string, string]>([
    ['path', 'shop.example', '/t'],
    ['subdomain', 't.shop.example', ''],
  ])('by %s', (mount, host, prefix) => {
    let proxy: ReverseProxy
    let origin: string
    beforeAll(async () => {
      proxy = await start(mount, system.collector.origin)
      origin = `http://127.0.0.1:${proxy.port}`
    })
    afterAll(() => proxy?.stop())

    const post = (body: object, headers: Record<string, string> = {}, from = visitor) =>
      call(origin, {
        method: 'POST',
        path: `${prefix}/e`,
        from,
        headers: { host, origin: 'https://shop.example', 'content-type': 'text/plain', ...headers },
        body,
      })

    it('the script is served compressed, and answered 304 for its ETag', async () => {
      const get = (headers: object) =>
        call(origin, { path: `${prefix}/t.js`, headers: { host, 'accept-encoding': 'br', ...headers } })
      const { status, headers, bytes } = await get({})
      expect([status, headers['content-encoding']]).toEqual([200, 'br'])
      expect(headers['content-type']).toMatch(/^text\/javascript/)
      expect(brotliDecompressSync(bytes).toString()).toContain('ttclid')
      expect((await get({ 'if-none-match': headers.etag })).status).toBe(304)
    })

    it('an event never has an address that the visitor forged', async () => {
      const body = purchase()
      const answer = await post(body, { 'x-forwarded-for': '198.51.100.1', 'x-real-ip': '198.51.100.2' })
      expect([answer.status, answer.json]).toMatchObject([202, { accepted: 1 }])
      expect(answer.headers['access-control-allow-origin']).toBe('https://shop.example')
      const { user } = await system.tiktok.event(body.events[0]?.event_id as string)
      // The visitor's own address is not public here and stays away. A forged one would be sent.
      expect(user).not.toHaveProperty('ip')
    })

    it('the collector sees each visitor under an address of their own', async () => {
      const [busy, other] = ['127.0.0.20', '127.0.0.21']
      const statusFrom = async (from: string) =>
        (await post(purchase(), { 'x-forwarded-for': '198.51.100.1' }, from)).status
      let status = 202
      for (let sent = 0; status === 202 && sent < 200; sent++) status = await statusFrom(busy)
      expect(status).toBe(429)
      expect(await statusFrom(other)).toBe(202)
    })

    it('cookies pass in both directions', async () => {
      const landing = purchase({ page: { url: 'https://shop.example/?ttclid=E.C.P.new' } })
      const { headers } = await post(landing)
      expect(headers['set-cookie']).toEqual([
        expect.stringMatching(/^tagferry_ttclid=E\.C\.P\.new~\d{13}; .*Domain=shop\.example; /),
      ])
      const later = purchase()
      await post(later, { cookie: `tagferry_ttclid=E.C.P.kept~${Date.now()}` })
      const { user } = await system.tiktok.event(later.events[0]?.event_id as string)
      expect(user).toMatchObject({ ttclid: 'E.C.P.kept' })
    })

    it.each([
      ['0', false],
      ['1', true],
    ])('Sec-GPC: %s passes', async (signal, limited) => {
      const body = purchase()
      await post(body, { 'sec-gpc': signal })
      const { limited_data_use } = await system.tiktok.event(body.events[0]?.event_id as string)
      expect(limited_data_use).toBe(limited)
    })

    it('the metrics are hidden', async () => {
      const { status } = await call(origin, { path: `${prefix}/metrics`, headers: { host } })
      expect(status).toBe(404)
    })
  })
})
