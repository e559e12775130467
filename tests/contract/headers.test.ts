// Tests the headers of answers to pages: who may read them (CORS), and when the click id cookie is set.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { purchase, startTestSystem, type TestSystem } from '../support/test-system.js'

let system: TestSystem
beforeAll(async () => {
  system = await startTestSystem()
})
afterAll(() => system.stop())

describe('who may read the answer', () => {
  it.each([
    'https://shop.example',
    'https://www.shop.example',
    'https://shop-alias.example',
    'http://shop.example:8080',
  ])('a page of %s may, with its cookies', async (origin) => {
    const { headers } = await system.post(purchase(), { headers: { origin } })
    expect(headers['access-control-allow-origin']).toBe(origin)
    expect(headers['access-control-allow-credentials']).toBe('true')
    expect(headers.vary).toMatch(/\borigin\b/i)
  })

  it.each(['https://evil.com', 'https://evil-shop.example', 'https://shop.example.evil.com', 'garbage'])(
    'a page of %s may not',
    async (origin) => {
      const { headers } = await system.post(purchase(), { headers: { origin } })
      expect(headers['access-control-allow-origin']).toBeUndefined()
      expect(headers['access-control-allow-credentials']).toBeUndefined()
      expect(headers.vary).toMatch(/\borigin\b/i)
    },
  )

  it('a sandboxed frame may, because the script sends credentials on every page', async () => {
    const { headers } = await system.post(
      { ...purchase(), site_key: 'key-of-shop.example' },
      { headers: { origin: 'null' } },
    )
    expect(headers['access-control-allow-origin']).toBe('null')
    expect(headers['access-control-allow-credentials']).toBe('true')
    expect(headers['set-cookie']).toBeUndefined()
  })

  it('the sender of a refused request may', async () => {
    const { status, headers } = await system.post('{')
    expect(status).toBe(400)
    expect(headers['access-control-allow-origin']).toBe('https://shop.example')
  })

  it('a preflight request (OPTIONS) gets the same permissions', async () => {
    const preflight = (origin: string) =>
      system.call({
        method: 'OPTIONS',
        path: '/e',
        headers: {
          origin,
          'access-control-request-method': 'POST',
          'access-control-request-headers': 'content-type',
        },
      })
    const allowed = await preflight('https://shop.example')
    expect(allowed.status).toBeLessThan(300)
    expect(allowed.headers['access-control-allow-origin']).toBe('https://shop.example')
    expect(allowed.headers['access-control-allow-credentials']).toBe('true')
    expect(allowed.headers['access-control-allow-methods']).toMatch(/\bPOST\b/)
    expect(allowed.headers['access-control-allow-headers']).toMatch(/content-type/i)
    const foreign = await preflight('https://evil.com')
    expect(foreign.headers['access-control-allow-origin']).toBeUndefined()
  })
})

it('answers are JSON, forbid content sniffing and do not name the server', async () => {
  const { headers } = await system.post(purchase())
  expect(headers['content-type']).toMatch(/^application\/json/)
  expect(headers['x-content-type-options']).toBe('nosniff')
  expect(headers['x-powered-by']).toBeUndefined()
  expect(headers.server).toBeUndefined()
})

describe('the click id cookie', () => {
  const click = { page: { url: 'https://shop.example/?ttclid=E.C.P.new' } }
  const cookieOf = async (event: object, headers: Record<string, string>, extra: object = {}) => {
    const answer = await system.post({ ...purchase(event), ...extra }, { headers })
    expect(answer.status).toBe(202)
    return (answer.headers['set-cookie'] as string[] | undefined)?.[0]
  }

  it.each(['t.shop.example', 'shop.example', 'shop.example:8787', 'SHOP.example'])(
    'is set for the whole site if the host of the collector is %s',
    async (host) => {
      const cookie = await cookieOf(click, { host })
      expect(cookie).toMatch(/^tagferry_ttclid=E\.C\.P\.new~\d{13};/)
      const parts = cookie?.split('; ').slice(1) ?? []
      expect(parts).toEqual(
        expect.arrayContaining([
          'Domain=shop.example',
          'Path=/',
          'Secure',
          'SameSite=Lax',
          'Max-Age=2592000',
        ]),
      )
      expect(cookie).not.toMatch(/httponly/i)
    },
  )

  it.each([
    'collector.example',
    'shop.example.evil.com',
    'evil-shop.example',
    'localhost',
    '127.0.0.1',
    '[::1]',
    'example',
  ])('is not set if the host of the collector is %s', async (host) => {
    expect(await cookieOf(click, { host })).toBeUndefined()
  })

  it('is not set without a valid click id', async () => {
    const host = 't.shop.example'
    expect(await cookieOf({}, { host })).toBeUndefined()
    for (const evil of ['a;Domain=evil.com', 'a%0d%0aSet-Cookie:x=1', 'a b', '%00', '__CLICKID__']) {
      const page = { url: `https://shop.example/?ttclid=${evil}` }
      expect((await cookieOf({ page }, { host })) ?? 'tagferry_ttclid=a~').toMatch(/^tagferry_ttclid=a~/)
    }
  })

  it('is not set by a skipped event', async () => {
    const host = 't.shop.example'
    expect(await cookieOf({ ...click, privacy: { consent: 'denied' } }, { host })).toBeUndefined()
    expect(await cookieOf(click, { host, origin: 'https://evil.com' })).toBeUndefined()
    expect(
      await cookieOf(click, { host, origin: 'https://nobody.example' }, { site: 'nobody.example' }),
    ).toBeUndefined()
  })

  it('keeps its expiry when it is set again', async () => {
    const dayOld = Date.now() - 86_400_000
    const cookie = await cookieOf(
      {},
      { host: 't.shop.example', cookie: `tagferry_ttclid=E.C.P.old~${dayOld}` },
    )
    expect(cookie).toContain(`tagferry_ttclid=E.C.P.old~${dayOld};`)
    const left = Number(/Max-Age=(\d+)/.exec(cookie ?? '')?.[1])
    // Counted from the time of the answer, which may be a while after the time above.
    expect(Math.abs(left - 29 * 86_400)).toBeLessThan(120)
  })
})
