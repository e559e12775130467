/** Sends known mistakes of other integrations, and checks that each one is reported by its own rule. */
import { createHash } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { ReceivedEvent } from './received-event.js'
import { createStandIn } from './stand-in.js'

const TOKEN = '0123456789'.repeat(4)
const PIXEL = 'CHRTV0567FRME7OQ5DI0'
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')

const standIn = createStandIn({ tokens: { [TOKEN]: [PIXEL] } })
let origin = ''
beforeAll(async () => {
  origin = await standIn.listen()
})
beforeEach(() => {
  standIn.received.clear()
  standIn.ledger.clear()
})
afterAll(() => standIn.close())

const careful = {
  event: 'Purchase',
  event_time: 1790000000,
  event_id: 'Purchase.1001',
  limited_data_use: false,
  user: { ttclid: 'E.C.P.abc', ip: '203.0.113.7', user_agent: 'Mozilla/5.0' },
  page: { url: 'https://shop.example/thanks' },
  properties: { value: 49.9, currency: 'USD' },
}
const root = { event_source: 'web', event_source_id: PIXEL }

const post = async (
  body: object,
  headers: Record<string, string> = {},
  path = '/open_api/v1.3/event/track/',
) =>
  fetch(origin + path, {
    method: 'POST',
    headers: { 'Access-Token': TOKEN, 'Content-Type': 'application/json', ...headers },
    body: JSON.stringify(body),
  })

/** `W05 user.email`: short enough for a table. */
const rulesOf = (event: ReceivedEvent | undefined) =>
  event?.findings.map(
    ({ rule, where }) => `${rule.slice(3)} ${where.replace(/^data\[0\]\.(properties\.(?=contents\[))?/, '')}`,
  )
const send = async (change: object, more: object = {}) => {
  const response = await post({ ...root, ...more, data: [{ ...careful, ...change }] })
  const { code } = (await response.json()) as { code: number }
  const [event] = standIn.received.all()
  return { status: response.status, code, rules: rulesOf(event), event }
}
const user = (change: object) => ({ user: { ...careful.user, ...change } })
const mail = (text: string) => user({ email: sha256(text) })
const phone = (text: string) => user({ phone: sha256(text) })
const id = (text: string) => user({ external_id: sha256(text) })
/** A hash in capitals, which these integrations pass on unchanged. */
const upperCaseHash = (keys: Record<string, string>) =>
  user(Object.fromEntries(Object.entries(keys).map(([key, text]) => [key, sha256(text).toUpperCase()])))
const page = (url: string) => ({ page: { url } })
const item = (change: object, more: object = {}) =>
  properties({ contents: [{ content_id: 'sku-1', ...change }], ...more })
const properties = (change: object) => ({ properties: { ...careful.properties, ...change } })

test('an event without a mistake has no findings', async () => {
  expect(await send({})).toMatchObject({ code: 0, rules: [] })
})

const warned: [integration: string, mistake: string, change: object, finding: string][] = [
  // Segment
  ['Segment', 'hashes an absent e-mail', mail(''), 'W02 user.email'],
  ['Segment', 'keeps spaces around it', mail(' jane@example.com '), 'W05 user.email'],
  ['Segment', 'puts + before national digits', phone('+4155551234'), 'W06 user.phone'],
  ['Segment', 'puts + before 00', phone('+00442079460018'), 'W06 user.phone'],
  ['Segment', 'lower-cases the id', id('user-42'), 'W25 user.external_id'],
  ['Segment', 'sends old names', { event: 'CompletePayment' }, 'W17 event'],
  // WooCommerce
  ['WooCommerce', 'sends empty texts', user({ ttp: '' }), 'W01 user.ttp'],
  ['WooCommerce', 'sends the id plain', user({ external_id: 'User-42' }), 'W04 user.external_id'],
  ['WooCommerce', 'drops the +', phone('14155551234'), 'W06 user.phone'],
  ['WooCommerce', 'hashes twice', mail(sha256('jane@example.com')), 'W05 user.email'],
  // TikTok's own server-side tag
  ['GTM server', 'keeps capitals of a hash', upperCaseHash({ email: 'jane@example.com' }), 'W03 user.email'],
  ['GTM server', 'drops the + of a phone', phone('+14155551234'.slice(1)), 'W06 user.phone'],
  [
    'GTM server',
    'puts content_type into items',
    item({ content_type: 'product' }),
    'W12 contents[0].content_type',
  ],
  ['GTM server', 'passes small names on', { event: 'purchase' }, 'W17 event'],
  // Stape
  ['Stape', 'keeps capitals of a hash', upperCaseHash({ phone: '+14155551234' }), 'W03 user.phone'],
  ['Stape', 'hashes a list as one text', mail('jane@example.com,test@example.com'), 'W07 user.email'],
  ['Stape', 'leaves a national phone', phone('(415) 555-1234'), 'W06 user.phone'],
  ['Stape', 'lower-cases the trimmed id', id('user-42'), 'W25 user.external_id'],
  ['Stape', 'passes names of another API on', { event: 'add_to_cart' }, 'W17 event'],
  // RudderStack
  ['RudderStack', 'hashes a hash again', mail(sha256('jane@example.com')), 'W05 user.email'],
  [
    'RudderStack',
    'hashes a hash in capitals',
    mail(sha256('jane@example.com').toUpperCase()),
    'W05 user.email',
  ],
  ['RudderStack', 'leaves the name of an item', item({ name: 'Boat' }), 'W13 contents[0].name'],
  [
    'RudderStack',
    'counts lines, not pieces',
    item({ quantity: 3 }, { num_items: 1 }),
    'W15 properties.num_items',
  ],
  ['RudderStack', 'leaves 00 before a phone', phone('0044 20 7946 0018'), 'W06 user.phone'],
  // Managed components (MC)
  ['MC', 'hashes a hash', mail(sha256('jane@example.com')), 'W05 user.email'],
  ['MC', 'sends a small currency', properties({ currency: 'usd' }), 'W16 properties.currency'],
  ['MC', 'sends no id', { event_id: undefined }, 'W18 event_id'],
  ['MC', 'passes small names on', { event: 'addtocart' }, 'W17 event'],
  ['MC', 'lower-cases the id', id('user-42'), 'W25 user.external_id'],
  // PostHog
  ['PostHog', 'keeps spaces and capitals', mail(' Jane@Example.com '), 'W05 user.email'],
  ['PostHog', 'keeps spaces around the id', id(' User-42 '), 'W05 user.external_id'],
  ['PostHog', 'drops the + of a phone', phone('442079460018'), 'W06 user.phone'],
  ['PostHog', 'sends an old name', { event: 'SubmitForm' }, 'W17 event'],
  // walkerOS
  ['walkerOS', 'keeps capitals', mail('JANE@EXAMPLE.COM'), 'W05 user.email'],
  ['walkerOS', 'leaves a phone as typed', phone('+1 (415) 555-1234'), 'W06 user.phone'],
  ['walkerOS', 'keeps spaces around the id', id(' User-42 '), 'W05 user.external_id'],
  // PrestaShop
  [
    'PrestaShop',
    'misspells content_ids',
    properties({ contents_ids: ['sku-1'] }),
    'W14 properties.contents_ids',
  ],
  ['PrestaShop', 'sends a small currency', properties({ currency: 'eur' }), 'W16 properties.currency'],
  ['PrestaShop', 'sends no page', { page: undefined }, 'W20 page'],
  ['PrestaShop', 'sends a host for a URL', page('shop.example/thanks'), 'W21 page.url'],
  [
    'PrestaShop',
    'leaves an e-mail in it',
    page('https://shop.example/?m=jane%40example.com'),
    'W22 page.url',
  ],
  // Tag managers and plugins
  ['a tag manager', 'prints undefined for the click id', user({ ttclid: 'undefined' }), 'W26 user.ttclid'],
  ['a tag manager', 'hashes undefined', mail('undefined'), 'W27 user.email'],
  ['WordPress', 'sends the id of guests', id('0'), 'W27 user.external_id'],
  [
    'WooCommerce',
    'sends the key of the order',
    page('https://shop.example/?key=wc_order_Ab1'),
    'W28 page.url',
  ],
  ['a GA4 mapping', 'loses the ids of items', item({ content_id: undefined }), 'W29 contents[0].content_id'],
  ['anybody', 'adds prices up', properties({ value: 49.900000000000006 }), 'W30 properties.value'],
  ['anybody', 'sends a refund', properties({ value: -49.9 }), 'W31 properties.value'],
  // many
  ['most', 'never send the flag', { limited_data_use: undefined }, 'W09 limited_data_use'],
  ['most', 'send the flag without an address', { limited_data_use: true, user: {} }, 'W08 user.ip'],
  ['the reference', 'has a locale with _', user({ locale: 'en_US' }), 'W11 user.locale'],
  ['the reference', 'has an impossible address', user({ ip: '13.57.97.1310' }), 'W10 user.ip'],
  ['behind a proxy', 'sends a private address', user({ ip: '172.18.0.7' }), 'W10 user.ip'],
  ['after Meta’s habit', 'hashes the country', user({ country: sha256('us') }), 'W23 user.country'],
  ['in a test', 'marks single events', { test_event_code: 'TEST12345' }, 'W24 test_event_code'],
]

describe('is taken with a warning', () => {
  test.each(warned)('%s: %s', async (_integration, _mistake, change, finding) => {
    const { status, code, rules, event } = await send(change)
    expect({ status, code, verdict: event?.verdict }).toEqual({ status: 200, code: 0, verdict: 'warned' })
    expect(rules).toEqual([finding])
  })

  test('MC: a random id at each attempt', async () => {
    await send(properties({ order_id: '7' }))
    expect((await send({ ...properties({ order_id: '7' }), event_id: 'random-2' })).rules).toEqual([
      'W19 event_id',
    ])
  })
})

const refused: [integration: string, mistake: string, change: object, code: number, finding: string][] = [
  ['MC', 'send the flag as text', { limited_data_use: 'true' }, 40002, 'E13 limited_data_use'],
  ['anybody', 'formats a price', properties({ value: '1,234.50' }), 40002, 'E14 properties.value'],
  [
    'anybody',
    'sends a product id as a number',
    item({ content_id: 17 }),
    40002,
    'E15 contents[0].content_id',
  ],
  ['anybody', 'sends an event id as a number', { event_id: 1001 }, 40002, 'E01 event_id'],
  [
    'a 1.0 sender',
    'writes the time as ISO 8601',
    { timestamp: '2026-01-01T00:00:00Z' },
    40002,
    'E07 timestamp',
  ],
  ['a 1.0 sender', 'nests the person', { context: { user: {} } }, 40002, 'E07 context'],
  ['anybody', 'sends milliseconds', { event_time: 1790000000000 }, 40002, 'E12 event_time'],
  ['PrestaShop', 'sends an empty page', { page: {} }, 40002, 'E17 page.url'],
]

describe('is refused as HTTP 200', () => {
  test.each(refused)('%s: %s', async (_integration, _mistake, change, code, finding) => {
    const seen = await send(change)
    expect(seen).toMatchObject({ status: 200, code, rules: [finding], event: { verdict: 'rejected' } })
    expect(standIn.received.counts()).toMatchObject({ counted: 0, taken: 0 })
  })

  test('a Bearer token', async () => {
    const response = await post({ ...root, data: [careful] }, { 'Access-Token': `Bearer ${TOKEN}` })
    expect(response.status).toBe(200)
    expect(await response.json()).toMatchObject({ code: 40105 })
  })

  test('the paths of Events API 1.0 are 404', async () => {
    const body = { pixel_code: PIXEL, event: 'CompletePayment', timestamp: '2026-01-01T00:00:00Z' }
    expect((await post(body, {}, '/open_api/v1.3/pixel/track/')).status).toBe(404)
    expect((await post({ pixel_code: PIXEL, batch: [] }, {}, '/open_api/v1.2/pixel/batch/')).status).toBe(404)
    expect(await (await post(body)).json()).toMatchObject({ code: 40002 })
  })

  test('every finding has where, got, expected, fix and confidence', async () => {
    const { event } = await send({ event_id: 1001 })
    expect(event?.findings).toEqual([
      {
        rule: 'TT-E01',
        where: 'data[0].event_id',
        got: '1001',
        expected: 'event_id must be a string',
        fix: 'Send the id in quotes.',
        confidence: 'documented',
      },
    ])
  })
})
