// Tests the reasons for which an event is skipped. The answer is 202, so that a shop never sees an error.
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { newId, startTestSystem, type TestSystem, type WireAnswer } from '../support/test-system.js'

let system: TestSystem
beforeAll(async () => {
  system = await startTestSystem()
})
afterEach(() => system.expectServing())
afterAll(() => system.stop())

const eventOf = (domain: string, over: object = {}) => ({
  site: domain,
  events: [{ event: 'Purchase', event_id: newId(), ...over }],
})

async function reasons(body: object, headers: Record<string, string | undefined>) {
  const { status, json } = await system.post(body, { headers })
  expect(status).toBe(202)
  const { skipped, ...rest } = json as WireAnswer
  if (skipped.length > 0) expect(rest).toEqual({ accepted: 0, duplicates: 0, ids: [] })
  return skipped.map(({ reason }) => reason)
}

it.each([
  ['an unknown site', 'nobody.example', 'unknown_site'],
  ['a site with the vendor disabled', 'off.example', 'vendor_disabled'],
  ['a site without a connection', 'bare.example', 'no_connection'],
])('%s is answered 202 and skipped', async (_, domain, reason) => {
  expect(await reasons(eventOf(domain), { origin: `https://${domain}` })).toEqual([reason])
})

it('a skipped event is named by its id', async () => {
  const body = eventOf('nobody.example')
  const { json } = await system.post(body, { headers: { origin: 'https://nobody.example' } })
  expect(json).toEqual({
    accepted: 0,
    duplicates: 0,
    skipped: [{ event_id: body.events[0]?.event_id, reason: 'unknown_site' }],
    ids: [],
  })
})

it('an event without consent is skipped and never reaches TikTok', async () => {
  const body = eventOf('shop.example', {
    privacy: { consent: 'denied' },
    user: { email: 'jane@example.com' },
  })
  expect(await reasons(body, {})).toEqual(['consent'])
  await system.delivered({})
  expect(system.tiktok.eventsOf(body.events[0]?.event_id as string)).toEqual([])
})

it('an event without a consent decision is accepted', async () => {
  expect(await reasons(eventOf('shop.example', { privacy: {} }), {})).toEqual([])
})

it('the other events of the request are accepted', async () => {
  const events = ['granted', 'denied', 'granted'].map((consent) => ({
    event: 'Purchase',
    event_id: newId(),
    privacy: { consent },
  }))
  const { json } = await system.post({ site: 'shop.example', events })
  expect(json).toEqual({
    accepted: 2,
    duplicates: 0,
    skipped: [{ event_id: events[1]?.event_id, reason: 'consent' }],
    ids: [events[0]?.event_id, events[2]?.event_id],
  })
})

describe('user agents', () => {
  it.each([
    'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)',
    'Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; Googlebot/2.1; +http://www.google.com/bot.html) Chrome/147.0.0.0 Safari/537.36',
    'Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)',
    'Mozilla/5.0 (Linux; Android 5.0) AppleWebKit/537.36 (KHTML, like Gecko) Mobile Safari/537.36 (compatible; Bytespider; spider-feedback@bytedance.com)',
    'Mozilla/5.0 (compatible; AhrefsBot/7.0; +http://ahrefs.com/robot/)',
    'facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)',
  ])('the crawler %s is skipped', async (agent) => {
    expect(await reasons(eventOf('shop.example'), { 'user-agent': agent })).toEqual(['bot'])
  })

  it.each([
    'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/147.0.0.0 Safari/537.36',
    'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 musical_ly_37.0.0 BytedanceWebview/d8a21c6',
    'Mozilla/5.0 (Linux; Android 15; Cubot X90) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/147.0.0.0 Mobile Safari/537.36',
    'Mozilla/5.0 (Linux; Android 7.0; M bot 60) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Mobile Safari/537.36',
    'Mozilla/5.0 (Linux; Android 5.1; M BOT TAB 101) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/81.0.4044.138 Safari/537.36',
    'curl/8.1.2',
    'curl/7.88.1',
    '',
    undefined,
  ])('%s is not a crawler', async (agent) => {
    expect(await reasons(eventOf('shop.example'), { 'user-agent': agent })).toEqual([])
  })

  it('a crawler that a server names as the visitor is skipped, but never with an order', async () => {
    const agent = 'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)'
    const named = (event: object) =>
      system.postAsServer({
        site: 'shop.example',
        events: [{ event_id: newId(), user: { user_agent: agent }, ...event }],
      })
    expect((await named({ event: 'ViewContent' })).json).toMatchObject({ skipped: [{ reason: 'bot' }] })
    expect((await named({ event: 'Purchase' })).json).toMatchObject({ accepted: 1, skipped: [] })
    const order = { event: 'OrderPaid', properties: { order_id: '1001' } }
    expect((await named(order)).json).toMatchObject({ accepted: 1, skipped: [] })
  })

  it("the user agent of a shop's own server does not count", async () => {
    const headers = {
      'user-agent': 'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)',
    }
    const body = { site: 'shop.example', events: [{ event: 'ViewContent', event_id: newId() }] }
    expect((await system.postAsServer(body, { headers })).json).toMatchObject({ accepted: 1, skipped: [] })
  })
})
