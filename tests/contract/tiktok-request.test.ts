// Tests the request that TikTok receives: address, headers, envelope, and the sources of page and click id.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { newId, pixels, purchase, startTestSystem, type TestSystem } from '../support/test-system.js'

let system: TestSystem
beforeAll(async () => {
  system = await startTestSystem()
})
afterAll(() => system.stop())

const agent =
  'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/147.0.0.0 Safari/537.36'
const requestWith = (eventId: string) => system.tiktok.requestsWith(eventId)[0]

it('one event goes to the documented address in the documented envelope', async () => {
  const { event_id } = await system.delivered(
    { properties: { value: 1 } },
    { headers: { 'user-agent': agent } },
  )
  const request = requestWith(event_id)
  expect(request).toMatchObject({ method: 'POST', path: '/open_api/v1.3/event/track/' })
  expect(request?.headers).toMatchObject({
    'access-token': 'token-of-shop.example',
    'content-type': 'application/json',
  })
  const { data, ...envelope } = request?.body ?? { data: [] }
  expect(envelope).toEqual({ event_source: 'web', event_source_id: pixels['shop.example'] })
  const sent = data.find((event) => event.event_id === event_id)
  expect(Object.keys(sent ?? {}).sort()).toEqual([
    'event',
    'event_id',
    'event_time',
    'limited_data_use',
    'properties',
    'user',
  ])
  expect(sent?.user.user_agent).toBe(agent)
})

it('the Test Event Code is sent with the events of its site only', async () => {
  const eventId = newId()
  const body = { ...purchase({ event_id: eventId }), site: 'other.example' }
  await system.post(body, { headers: { origin: 'https://other.example' } })
  await system.tiktok.event(eventId)
  expect(requestWith(eventId)?.body).toMatchObject({
    test_event_code: 'TEST12345',
    event_source_id: pixels['other.example'],
  })
  expect(requestWith(eventId)?.headers['access-token']).toBe('token-of-other.example')
})

it.each([
  ['CompletePayment', 'Purchase'],
  ['SubmitForm', 'Lead'],
  ['PlaceAnOrder', 'PlaceAnOrder'],
  ['ClickButton', 'ClickButton'],
  ['purchase', 'purchase'],
  ['My own event', 'My own event'],
])('%s is sent as %s', async (posted, sent) => {
  expect((await system.delivered({ event: posted })).event).toBe(sent)
})

it.each(['CompletePayment', 'SubmitForm'])(
  'a site that keeps legacy names sends %s unchanged',
  async (event) => {
    const body = { ...purchase({ event }), site: 'legacy.example' }
    await system.post(body, { headers: { origin: 'https://legacy.example' } })
    expect((await system.tiktok.event(body.events[0]?.event_id as string)).event).toBe(event)
  },
)

describe('the page', () => {
  const cart = 'https://www.shop.example/cart?step=2'
  it('is the one in the body', async () => {
    const page = { url: 'https://shop.example/thanks?a=1#top', referrer: 'https://shop.example/cart' }
    expect((await system.delivered({ page }, { headers: { referer: cart } })).page).toEqual(page)
  })

  it('is the Referer if the body has none', async () => {
    expect((await system.delivered({}, { headers: { referer: cart } })).page).toEqual({ url: cart })
    expect((await system.delivered({ page: {} }, { headers: { referer: cart } })).page).toEqual({ url: cart })
    expect((await system.delivered({ page: { url: '' } }, { headers: { referer: cart } })).page).toEqual({
      url: cart,
    })
  })

  it.each([
    'https://evil.com/',
    'https://shop.example.evil.com/',
    'https://evil-shop.example/',
    'not an address',
  ])('is never the foreign Referer %s', async (referer) => {
    expect(await system.delivered({}, { headers: { referer } })).not.toHaveProperty('page')
  })

  it('is absent without a URL, even if there is a referrer', async () => {
    expect(await system.delivered({})).not.toHaveProperty('page')
    expect(await system.delivered({ page: { referrer: 'https://shop.example/' } })).not.toHaveProperty('page')
  })

  it('of a server event is never the Referer', async () => {
    const body = purchase()
    await system.postAsServer(body, { headers: { referer: cart } })
    expect(await system.tiktok.event(body.events[0]?.event_id as string)).not.toHaveProperty('page')
  })
})

describe('the click id', () => {
  it.each([
    ['the address of the page', { page: { url: 'https://shop.example/?ttclid=E.C.P.url' } }, '', 'E.C.P.url'],
    ['the user', { user: { ttclid: 'E.C.P.user' } }, '', 'E.C.P.user'],
    ['our cookie', {}, 'a=1; tagferry_ttclid=E.C.P.own~1795400000000; b=2', 'E.C.P.own'],
    ['our cookie without a time', {}, 'tagferry_ttclid=E.C.P.own', 'E.C.P.own'],
    ["the pixel's cookie", {}, 'ttclid=E.C.P.pixel', 'E.C.P.pixel'],
    [
      "the pixel's cookie behind look-alikes",
      {},
      'xttclid=no; my_ttclid=no; ttclid=E.C.P.pixel',
      'E.C.P.pixel',
    ],
    [
      "the pixel's cookie if ours is malformed",
      {},
      'tagferry_ttclid=%%%~1; ttclid=E.C.P.pixel',
      'E.C.P.pixel',
    ],
    ["the pixel's cookie if ours is empty", {}, 'tagferry_ttclid=; ttclid=E.C.P.pixel', 'E.C.P.pixel'],
  ])('comes from %s', async (_, event, cookie, expected) => {
    expect((await system.delivered(event, { headers: cookie ? { cookie } : {} })).user.ttclid).toBe(expected)
  })

  it('is absent without a valid one', async () => {
    expect((await system.delivered({}, { headers: { cookie: 'a=1' } })).user).not.toHaveProperty('ttclid')
    expect((await system.delivered({ user: { ttclid: '' } })).user).not.toHaveProperty('ttclid')
    expect((await system.delivered({ user: { ttclid: '__CLICKID__' } })).user).not.toHaveProperty('ttclid')
  })

  it('keeps its case, and so does _ttp', async () => {
    const headers = { cookie: 'ttclid=E.C.P.AbC-_9; _ttp=2F7h37YkS1j57AYSKTI7IHhJPYH' }
    const { user } = await system.delivered({}, { headers })
    expect(user).toMatchObject({ ttclid: 'E.C.P.AbC-_9', ttp: '2F7h37YkS1j57AYSKTI7IHhJPYH' })
  })
})

describe('absent values', () => {
  const countEmpty = (value: unknown): number => {
    if (value === '' || value === null) return 1
    if (typeof value !== 'object') return 0
    return Object.values(value as object).reduce((sum: number, entry) => sum + countEmpty(entry), 0)
  }
  const hashOfNothing = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'

  it.each<[string, object]>([
    [
      'in the user',
      { user: { email: '', phone: ' ', external_id: '', first_name: '', city: '', locale: '', ttp: '' } },
    ],
    ['in lists of the user', { user: { email: ['', ' '], phone: [], external_id: ['  '] } }],
    [
      'as a hash of an empty string',
      { user: { email: hashOfNothing, phone: [hashOfNothing.toUpperCase()], first_name: hashOfNothing } },
    ],
    ['in the page', { page: { url: 'https://shop.example/', referrer: '' } }],
    ['in known properties', { properties: { currency: '', order_id: '', content_ids: [], description: '' } }],
    ['in a list of ids', { properties: { content_ids: ['', 'sku-1'] } }],
    [
      'in contents',
      {
        properties: {
          contents: [
            { content_id: '', content_name: '' },
            { content_id: 'a', brand: '' },
          ],
        },
      },
    ],
    ['in custom properties', { properties: { colour: '', size: null } }],
    ['deep in custom properties', { properties: { options: { colour: '', sizes: ['', 'M'] } } }],
  ])('are never sent as an empty string or its hash: %s', async (_, event) => {
    const sent = await system.delivered(event)
    expect(countEmpty(sent)).toBe(0)
    expect(JSON.stringify(sent).toLowerCase()).not.toContain(hashOfNothing)
  })

  it('a number too large for JSON is not sent as null', async () => {
    const body = purchase({ properties: { custom: '#' } })
    const { status } = await system.post(JSON.stringify(body).replace('"#"', '1e999'))
    if (status === 202)
      expect(countEmpty(await system.tiktok.event(body.events[0]?.event_id as string))).toBe(0)
    else expect(status).toBe(400)
  })
})
