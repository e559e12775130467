// Tests the rate limit of /e: a burst of 100 requests for each address, then 429 with Retry-After.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { call } from '../support/http.js'
import { purchase, startTestSystem, type TestSystem } from '../support/test-system.js'

/** One request a minute beyond the burst: so slow that the speed of the machine does not matter. */
const limit = { TAGFERRY_RATE_LIMIT: '1' }

describe('TAGFERRY_RATE_LIMIT=1 behind a trusted proxy', () => {
  let system: TestSystem
  beforeAll(async () => {
    system = await startTestSystem({ ...limit, TAGFERRY_TRUST_PROXY: 'loopback' })
  })
  afterAll(() => system.stop())

  const from = async (address: string) => system.post(purchase(), { headers: { 'x-forwarded-for': address } })
  /** Uses up the burst; gives how many requests passed. */
  async function flood(address: string, requests = 110) {
    const answers = await Promise.all(Array.from({ length: requests }, () => from(address)))
    return answers.filter(({ status }) => status === 202).length
  }

  it('about 100 requests pass at once, then 429 with Retry-After, and other addresses are not limited', async () => {
    const passed = await flood('203.0.113.1')
    expect(passed).toBeGreaterThanOrEqual(100)
    expect(passed).toBeLessThanOrEqual(102)
    const { status, headers, json } = await from('203.0.113.1')
    expect(status).toBe(429)
    expect(Number(headers['retry-after'])).toBeGreaterThanOrEqual(1)
    expect(Number(headers['retry-after'])).toBeLessThanOrEqual(60)
    expect(json).toMatchObject({ error: expect.any(String) })
    expect((await from('203.0.113.2')).status).toBe(202)
  })

  it('the page can read the 429', async () => {
    await flood('203.0.113.3')
    const { status, headers } = await from('203.0.113.3')
    expect(status).toBe(429)
    expect(headers['access-control-allow-origin']).toBe('https://shop.example')
  })

  it('an IPv6 visitor is limited by its /64, however the address is written', async () => {
    await flood('2001:db8:1:2::1')
    expect((await from('2001:db8:1:2:ffff:ffff:ffff:ffff')).status).toBe(429)
    expect((await from('2001:0DB8:0001:0002::9')).status).toBe(429)
    expect((await from('2001:db8:1:3::1')).status).toBe(202)
  })

  it('an IPv4-mapped visitor is limited by its IPv4 address, not by one /64 for all of IPv4', async () => {
    await flood('::ffff:203.0.113.4')
    expect((await from('203.0.113.4')).status).toBe(429)
    expect((await from('::ffff:203.0.113.5')).status).toBe(202)
  })

  it('only /e is limited', async () => {
    await flood('127.0.0.1')
    expect((await from('127.0.0.1')).status).toBe(429)
    expect((await system.postAsServer(purchase())).status).toBe(202)
    expect((await system.call({ path: '/livez' })).status).toBe(200)
    expect((await system.call({ path: '/t.js' })).status).toBe(200)
  })

  it("the visitor's address is the one that the trusted proxy names", async () => {
    const headers = { 'x-forwarded-for': '198.51.100.66, 198.51.100.7' }
    expect((await system.delivered({}, { headers })).user.ip).toBe('198.51.100.7')
  })
})

describe('without a trusted proxy', () => {
  let system: TestSystem
  beforeAll(async () => {
    system = await startTestSystem(limit)
  })
  afterAll(() => system.stop())

  it('a forged X-Forwarded-For neither escapes the limit nor names the visitor', async () => {
    const forged = (at: number) => ({ headers: { 'x-forwarded-for': `198.51.100.${at % 250}` } })
    const { user } = await system.delivered({}, forged(7))
    expect(user.ip).not.toBe('198.51.100.7')
    const answers = await Promise.all(
      Array.from({ length: 300 }, (_, at) => system.post(purchase(), forged(at))),
    )
    expect(answers.some(({ status }) => status === 429)).toBe(true)
  })
})

it('with TAGFERRY_RATE_LIMIT=off every request passes', async () => {
  const system = await startTestSystem({ TAGFERRY_RATE_LIMIT: 'off' })
  const answers = await Promise.all(Array.from({ length: 300 }, () => system.post(purchase())))
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([202]))
  await system.stop()
})

it('on a dual-stack socket, /verify limits by the IPv4 address, not by one /64 for all of IPv4', async () => {
  const system = await startTestSystem({ ...limit, TAGFERRY_HOST: '::' })
  const { port } = new URL(system.collector.origin)
  const headers = { 'content-type': 'text/plain' }
  const verify = (from: string) =>
    call(`http://127.0.0.1:${port}`, { method: 'POST', path: '/verify', headers, body: {}, from })
  const answers = await Promise.all(Array.from({ length: 110 }, () => verify('127.0.0.2')))
  expect(answers.some(({ status }) => status === 429)).toBe(true)
  expect((await verify('127.0.0.3')).status).toBe(204)
  await system.stop()
})
