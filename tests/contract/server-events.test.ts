// Tests /v1/events: an API key sends events of its own site and names visitors; nothing of the server is sent.
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { apiKeys, newId, purchase, startTestSystem, type TestSystem } from '../support/test-system.js'

let system: TestSystem
beforeAll(async () => {
  system = await startTestSystem()
})
afterEach(() => system.expectServing())
afterAll(() => system.stop())

const key = apiKeys[0]?.key as string
const delivered = async (over: object, headers: Record<string, string> = {}) => {
  const body = purchase(over)
  const { status, json } = await system.postAsServer(body, { headers })
  expect(status).toBe(202)
  expect(json).toMatchObject({ accepted: 1 })
  return system.tiktok.event(body.events[0]?.event_id as string)
}

it('an event is accepted without Origin and Referer', async () => {
  expect((await delivered({})).event).toBe('Purchase')
})

it.each([
  undefined,
  '',
  'Bearer',
  'Bearer ',
  `Bearer ${key}x`,
  `Bearer ${key.slice(0, -1)}`,
  `Bearer ${key.toUpperCase()}`,
  `Bearer x ${key}`,
  `Basic ${Buffer.from(`:${key}`).toString('base64')}`,
  key,
  'Bearer undefined',
  'Bearer __proto__',
  'Bearer token-of-shop.example',
  'Bearer key-of-shop.example',
])('Authorization: %s is answered 401', async (authorization) => {
  const { status, json } = await system.postAsServer(purchase(), { headers: { authorization } })
  expect(status).toBe(401)
  expect(json).toMatchObject({ error: expect.any(String) })
})

it('a key in the URL or in the body does not count', async () => {
  const headers = { authorization: undefined }
  expect((await system.postAsServer(purchase(), { headers, path: `/v1/events?key=${key}` })).status).toBe(401)
  expect((await system.postAsServer({ ...purchase(), site_key: key }, { headers })).status).toBe(401)
})

it('the key is checked before the body', async () => {
  expect((await system.postAsServer('{', { headers: { authorization: undefined } })).status).toBe(401)
})

it.each(['other.example', 'nobody.example', 'off.example'])(
  'the key of shop.example is refused for %s',
  async (site) => {
    const { status, json } = await system.postAsServer({ ...purchase(), site })
    expect(status).toBe(403)
    expect(json).toMatchObject({ error: expect.any(String) })
  },
)

it('the key is accepted for an alias of its site', async () => {
  const { status } = await system.postAsServer({ ...purchase(), site: 'shop-alias.example' })
  expect(status).toBe(202)
})

describe('the visitor', () => {
  const agent =
    'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/147.0.0.0 Safari/537.36'

  it('is the one that the body names', async () => {
    const { user } = await delivered({ user: { ip: '203.0.113.1', user_agent: agent } })
    expect(user).toMatchObject({ ip: '203.0.113.1', user_agent: agent })
    expect((await delivered({ user: { ip: '2001:db8:1111:a:b0::200' } })).user.ip).toBe(
      '2001:db8:1111:a:b0::200',
    )
  })

  it("is never the shop's own server", async () => {
    const headers = { 'user-agent': 'shop-backend/1.0', 'x-forwarded-for': '203.0.113.9' }
    const { user } = await delivered({ user: { email: 'test@example.com' } }, headers)
    expect(Object.keys(user)).toEqual(['email'])
  })

  it('has no cookies of the request', async () => {
    const { user } = await delivered({}, { cookie: 'ttclid=E.C.P.no; _ttp=no' })
    expect(user).toEqual({})
  })

  it.each(['not an address', '300.1.1.1', '1.2.3', 'unknown', ''])(
    'has no IP address if it is given as %s',
    async (ip) => {
      const { status, json } = await system.postAsServer(purchase({ user: { ip } }))
      if (status === 400) return
      const { ids } = json as { ids: string[] }
      expect((await system.tiktok.event(ids[0] as string)).user).not.toHaveProperty('ip')
    },
  )
})

describe('limits', () => {
  const events = (count: number) => ({
    site: 'shop.example',
    events: Array.from({ length: count }, () => ({ event: 'Purchase', event_id: newId() })),
  })

  it('1,000 events are accepted, 1,001 are refused', async () => {
    expect((await system.postAsServer(events(1_000))).json).toMatchObject({ accepted: 1_000 })
    const { status, json } = await system.postAsServer(events(1_001))
    expect(status).toBe(400)
    expect(json).toMatchObject({ problems: [{ path: 'events' }] })
  })

  it('lists may have 1,000 entries', async () => {
    const contents = (count: number) => ({
      contents: Array.from({ length: count }, () => ({ content_id: 'a' })),
    })
    expect((await system.postAsServer(purchase({ properties: contents(1_000) }))).status).toBe(202)
    expect((await system.postAsServer(purchase({ properties: contents(1_001) }))).status).toBe(400)
  })
})

it('the answer sets no cookie and cannot be read by other sites', async () => {
  const { headers } = await system.postAsServer(purchase({ user: { ttclid: 'E.C.P.abc' } }), {
    headers: { origin: 'https://evil.com' },
  })
  expect(headers['set-cookie']).toBeUndefined()
  expect(headers['access-control-allow-origin']).toBeUndefined()
})
