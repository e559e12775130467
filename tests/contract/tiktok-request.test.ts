// Knows the request that TikTok receives: address, headers, envelope, and where page and click id come from.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { newId, pixels, purchase, startTestSystem, type TestSystem } from '../support/test-system.js'

let system: TestSystem
beforeAll(async () => {
  system = await startTestSystem()
})
afterAll(() => system.stop())

const agent =
  'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/147.0.0.0 Safari/537.36'
const requestWith = (eventId: string) =>
  system.tiktok.requests.find(({ body }) => body.data.some(({ event_id }) => event_id === eventId))

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

it("the Test Event Code is sent when it is set, with its own site's events only", async () => {
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
])('%s is sent as %s', async (given, sent) => {
  expect((await system.delivered({ event: given })).event).toBe(sent)
})

it.each(['CompletePayment', 'SubmitForm'])(
  'a site that keeps legacy names sends %s as it came',
  async (event) => {
    const body = { ...purchase({ event }), site: 'legacy.example' }
    await system.post(body, { headers: { origin: 'https://legacy.example' } })
    expect((await system.tiktok.event(body.events[0]?.event_id as string)).event).toBe(event)
  },
)

describe('the page', () => {
  const cart = 'https://www.shop.example/cart?step=2'
  it('is what the body says', async () => {
    const page = { url: 'https://shop.example/thanks?a=1#top', referrer: 'https://shop.example/cart' }
    expect((await system.delivered({ page }, { headers: { referer: cart } })).page).toEqual(page)
  })

  it('is the Referer where the body says nothing', async () => {
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
  ])('is not the foreign Referer %s', async (referer) => {
    expect(await system.delivered({}, { headers: { referer } })).not.toHaveProperty('page')
  })

  it('is absent where nobody told it, also when there is a referrer alone', async () => {
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
      "the pixel's cookie where ours is spoilt",
      {},
      'tagferry_ttclid=%%%~1; ttclid=E.C.P.pixel',
      'E.C.P.pixel',
    ],
    ["the pixel's cookie where ours is empty", {}, 'tagferry_ttclid=; ttclid=E.C.P.pixel', 'E.C.P.pixel'],
  ])('comes from %s', async (_, event, cookie, expected) => {
    expect((await system.delivered(event, { headers: cookie ? { cookie } : {} })).user.ttclid).toBe(expected)
  })

  it('is absent where there is none', async () => {
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

describe('what is absent is absent', () => {
  const empties = (value: unknown): number => {
    if (value === '' || value === null) return 1
    if (typeof value !== 'object') return 0
    return Object.values(value as object).reduce((sum: number, entry) => sum + empties(entry), 0)
  }
  const nothing = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'

  it.each<[string, object]>([
    [
      'in the user',
      { user: { email: '', phone: ' ', external_id: '', first_name: '', city: '', locale: '', ttp: '' } },
    ],
    ['in lists of the user', { user: { email: ['', ' '], phone: [], external_id: ['  '] } }],
    [
      'as a hash of nothing',
      { user: { email: nothing, phone: [nothing.toUpperCase()], first_name: nothing } },
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
    ['in own properties', { properties: { colour: '', size: null } }],
    ['deep in own properties', { properties: { options: { colour: '', sizes: ['', 'M'] } } }],
  ])('no empty text and no hash of one is sent: %s', async (_, event) => {
    const sent = await system.delivered(event)
    expect(empties(sent)).toBe(0)
    expect(JSON.stringify(sent).toLowerCase()).not.toContain(nothing)
  })

  it('a number too big for JSON is not sent as null', async () => {
    const body = purchase({ properties: { custom: '#' } })
    const { status } = await system.post(JSON.stringify(body).replace('"#"', '1e999'))
    if (status === 202) expect(empties(await system.tiktok.event(body.events[0]?.event_id as string))).toBe(0)
    else expect(status).toBe(400)
  })
})
