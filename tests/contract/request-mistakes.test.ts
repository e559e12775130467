// Tests bodies as other trackers, shops and plugins have sent them, taken from public bug reports: the form of requests,
// times, ids, amounts and items. Shows what TikTok receives, and what the sender is told.
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { newId, startTestSystem, type TestSystem, type WireAnswer } from '../support/test-system.js'

let system: TestSystem
beforeAll(async () => {
  system = await startTestSystem()
})
afterEach(() => system.expectServing())
afterAll(() => system.stop())

const now = () => Math.floor(Date.now() / 1_000)
const many = <T>(count: number, entry: (at: number) => T) =>
  Array.from({ length: count }, (_, at) => entry(at))

interface Sent {
  event?: object
  body?: object
  headers?: Record<string, string>
  /** Changes the text of the body. */
  write?: (json: string) => string | Buffer
}

interface Case extends Sent {
  title: string
  received: object
  warnings?: string[]
}

const idOf = ({ event_id = newId() }: { event_id?: string }) => event_id

async function deliver(
  post: TestSystem['post'],
  { event = {}, body = {}, headers = {}, write = (json) => json }: Sent,
) {
  const sent = { event: 'Purchase', ...event, event_id: idOf(event) }
  const { status, json } = await post(
    write(JSON.stringify({ site: 'shop.example', events: [sent], ...body })),
    { headers },
  )
  expect(status).toBe(202)
  const { ids, warnings = [] } = json as WireAnswer
  return { event: await system.tiktok.event(ids[0] as string), warnings: warnings.map(({ path }) => path) }
}

const items = (count: number) => many(count, (at) => ({ content_id: String(at) }))

describe('a server', () => {
  const cases: Case[] = [
    {
      title: 'sends prices, quantities and ids of the other type',
      event: {
        properties: {
          value: '49.90',
          currency: 'eur',
          contents: [{ content_id: 7, price: '19.99', quantity: '2' }],
        },
      },
      received: {
        properties: {
          value: 49.9,
          currency: 'EUR',
          contents: [{ content_id: '7', price: 19.99, quantity: 2 }],
        },
      },
    },
    {
      title: 'sends an empty value',
      event: { properties: { value: '', currency: 'USD' } },
      received: { properties: { currency: 'USD' } },
    },
    {
      title: 'sends a value of zero',
      event: { properties: { value: 0, currency: 'USD' } },
      received: { properties: { value: 0, currency: 'USD' } },
    },
    {
      title: 'sends a property of its own',
      event: { properties: { category_name: 'x' } },
      received: { properties: { category_name: 'x' } },
    },
    {
      title: 'sends null in a list',
      event: { user: { email: ['jane@example.com', null] } },
      received: { user: { email: '8c87b489ce35cf2e2f39f80e282cb2e804932a56a213983eeeb428407d43b52d' } },
    },
    {
      title: 'sends items with the names of GA4',
      event: {
        properties: {
          contents: [{ item_id: 'SKU1', item_name: 'Shirt', price: 5, quantity: 1, coupon: 'X' }],
        },
      },
      received: {
        properties: { contents: [{ content_id: 'SKU1', content_name: 'Shirt', price: 5, quantity: 1 }] },
      },
      warnings: ['properties.contents[0].coupon'],
    },
    {
      title: 'sends the path of the landing page',
      event: { page: { url: '/?ttclid=E.C.P.abc' } },
      received: { user: { ttclid: 'E.C.P.abc' }, page: { url: 'https://shop.example/?ttclid=E.C.P.abc' } },
    },
    {
      title: 'writes UTF-8 without a hyphen',
      headers: { 'content-type': 'application/json; charset=utf8' },
      received: { event: 'Purchase' },
    },
    {
      title: 'begins the body with a byte order mark',
      write: (json) => `\ufeff${json}`,
      received: { event: 'Purchase' },
    },
    ...['https://shop.example', 'https://www.shop.example/', 'www.shop.example'].map((site) => ({
      title: `names the site ${site}`,
      body: { site },
      received: { event: 'Purchase' },
    })),
  ]
  it.each(cases)('$title', async ({ received, warnings = [], ...sent }) => {
    const { event, warnings: paths } = await deliver(system.postAsServer, sent)
    expect(event).toMatchObject(received)
    const { properties } = received as { properties?: object }
    if (properties) expect(event.properties).toEqual(properties)
    expect(paths).toEqual(warnings)
  })

  it.each<[what: string, factor: (seconds: number) => unknown]>([
    ['milliseconds', (time) => time * 1e3],
    ['microseconds', (time) => time * 1e6],
    ['nanoseconds', (time) => `${time}000000000`],
    ['ISO 8601', (time) => new Date(time * 1e3).toISOString()],
  ])('sends the time in %s', async (_, write) => {
    const time = now() - 3_600
    const { event, warnings } = await deliver(system.postAsServer, { event: { event_time: write(time) } })
    expect(event.event_time).toBe(time)
    expect(warnings).toEqual([])
  })

  it('sends an order without an id three times, and its page once more', async () => {
    const properties = { order_id: newId(), value: 1, currency: 'USD' }
    const body = { site: 'shop.example', events: [{ event: 'CompletePayment', properties }] }
    const answers = []
    for (let time = 0; time < 3; time++) answers.push((await system.postAsServer(body)).json as WireAnswer)
    const eventId = `Purchase.${properties.order_id}`
    const page = { site: 'shop.example', events: [{ event: 'Purchase', event_id: eventId }] }
    answers.push((await system.post(page)).json as WireAnswer)
    expect(answers.map(({ accepted, duplicates, ids }) => [accepted, duplicates, ids])).toEqual([
      [1, 0, [eventId]],
      [0, 1, [eventId]],
      [0, 1, [eventId]],
      [0, 1, [eventId]],
    ])
    await system.expectServing()
    await system.tiktok.event(eventId)
    expect(system.tiktok.eventsOf(eventId)).toHaveLength(1)
  })

  it.each<[what: string, body: string, problem: string]>([
    [
      'an order number beyond 2^53',
      '{"site":"shop.example","events":[{"event":"Purchase","properties":{"order_id":820982911946154508}}]}',
      'events[0].properties.order_id: beyond 2^53, where JSON parsers round numbers: write it as a text',
    ],
    [
      'an e-mail address in an object',
      '{"site":"shop.example","events":[{"event":"Purchase","user":{"email":{"value":"a"}}}]}',
      'events[0].user.email: expected a text or a list of texts',
    ],
    [
      'a list of ids as a text',
      '{"site":"shop.example","events":[{"event":"Purchase","properties":{"content_ids":"[\\"a\\"]"}}]}',
      'events[0].properties.content_ids: expected a list of ids',
    ],
    [
      'one item without a list',
      '{"site":"shop.example","events":[{"event":"Purchase","properties":{"contents":{"content_id":"1"}}}]}',
      'events[0].properties.contents: expected a list of contents',
    ],
    [
      'the text of nothing as a price',
      '{"site":"shop.example","events":[{"event":"Purchase","properties":{"contents":[{"price":"(null)"}]}}]}',
      'events[0].properties.contents[0].price: expected a number such as 49.9, without currency sign or thousands separator',
    ],
    [
      'an order in place of a request',
      '{"id":1001,"total_price":"49.90","currency":"EUR","line_items":[{"sku":"A"}],"customer":{"email":"jane@example.com"}}',
      'line_items: unknown key "line_items"; order data goes into events[].properties',
    ],
  ])('is told what is wrong with %s', async (_, body, problem) => {
    const { status, json } = await system.postAsServer(body)
    expect(status).toBe(400)
    const { problems } = json as { problems: { path: string; problem: string }[] }
    expect(problems.map(({ path, problem }) => `${path}: ${problem}`)).toContain(problem)
  })

  it('is told that its key is of another site, or that the site is unknown', async () => {
    const to = async (site: string) =>
      (await system.postAsServer({ site, events: [{ event: 'Purchase' }] })).json as { error: string }
    expect((await to('other.example')).error).toBe('this API key belongs to another site')
    expect((await to('nobody.example')).error).toBe('unknown site; this API key belongs to shop.example')
  })
})

describe('a page', () => {
  const cases: Case[] = [
    {
      title: 'sells by weight',
      event: {
        properties: { value: 5, currency: 'EUR', contents: [{ content_id: '1', quantity: 0.5, price: 10 }] },
      },
      received: { properties: { value: 5, currency: 'EUR', contents: [{ content_id: '1', price: 10 }] } },
      warnings: ['properties.contents[0].quantity'],
    },
    {
      title: 'sells 150 items at once',
      event: { properties: { value: 5, currency: 'EUR', contents: items(150) } },
      received: { properties: { value: 5, currency: 'EUR', contents: items(100) } },
      warnings: ['properties.contents'],
    },
    {
      title: 'describes a product in 9,000 characters',
      event: { properties: { value: 5, description: 'x'.repeat(9_000) } },
      received: { properties: { value: 5, description: 'x'.repeat(8_192) } },
      warnings: ['properties.description'],
    },
  ]
  it.each(cases)('$title', async ({ received, warnings = [], ...sent }) => {
    const { event, warnings: paths } = await deliver(system.post, sent)
    expect(event).toMatchObject(received)
    expect(event.properties).toEqual((received as { properties: object }).properties)
    expect(paths).toEqual(warnings)
  })

  it('has a clock that is 40 days behind', async () => {
    const behind = 40 * 86_400
    const time = now() - behind
    const body = { sent_at: Date.now() - behind * 1_000 }
    const { event, warnings } = await deliver(system.post, { event: { event_time: time }, body })
    expect(Math.abs(event.event_time - now())).toBeLessThan(60)
    expect(warnings).toEqual(['event_time'])
  })

  it('sends an event that is older than 28 days', async () => {
    const event = { event: 'Purchase', event_id: newId(), event_time: now() - 29 * 86_400 }
    const { json } = await system.post({ site: 'shop.example', events: [event] })
    expect(json).toMatchObject({ accepted: 0, skipped: [{ event_id: event.event_id, reason: 'too_old' }] })
  })
})
