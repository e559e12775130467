/** Triggers every warning once, by a mistake that TikTok accepts. */
import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { createKnownBadHashes } from './known-hashes.js'
import { warn } from './warn.js'

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')
const badHashes = createKnownBadHashes({ phone: ['+14155550199'] })

const careful = {
  event: 'Purchase',
  event_time: 1790000000,
  event_id: 'Purchase.1001',
  limited_data_use: true,
  user: {
    ttclid: 'E.C.P.abc',
    ttp: '2F7h37YkS1j57AYSKTI7IHhJPYH',
    email: sha256('jane@example.com'),
    phone: [sha256('+14155551234'), sha256('+12133734253')],
    external_id: sha256('User-42'),
    ip: '203.0.113.7',
    user_agent: 'Mozilla/5.0',
    locale: 'en-US',
    city: 'sanjose',
    state: 'ca',
    country: 'us',
  },
  page: { url: 'https://shop.example/thanks', referrer: 'https://shop.example/checkout' },
  properties: {
    value: 49.9,
    currency: 'USD',
    content_type: 'product',
    contents: [{ content_id: 'sku-1', content_name: 'Tug', quantity: 2, price: 24.95 }],
    num_items: 2,
    order_id: '1001',
  },
}
const root = { event_source: 'web', event_source_id: 'CHRTV0567FRME7OQ5DI0', data: [careful] }

const warned = (body: object) =>
  warn(body as typeof root, badHashes).map((list) => list.map(({ rule, where }) => `${rule} ${where}`))
const warningsFor = (change: object) => warned({ ...root, data: [{ ...careful, ...change }] })[0]
const user = (change: object) => ({ user: { ...careful.user, ...change } })
const properties = (change: object) => ({ properties: { ...careful.properties, ...change } })
const page = (change: object) => ({ page: { ...careful.page, ...change } })

test('a careful sender gets no warnings', () => {
  expect(warned(root)).toEqual([[]])
})

const cases: [title: string, change: object, finding: string][] = [
  ['an empty text', { event_id: '' }, 'TT-W01 data[0].event_id'],
  [
    'an empty text deep inside',
    properties({ custom: { deep: [''] } }),
    'TT-W01 data[0].properties.custom.deep[0]',
  ],
  ['the hash of nothing', user({ email: sha256('') }), 'TT-W02 data[0].user.email'],
  ['hex in capitals', user({ email: careful.user.email.toUpperCase() }), 'TT-W03 data[0].user.email'],
  ['a plain external_id', user({ external_id: 'User-42' }), 'TT-W04 data[0].user.external_id'],
  [
    'a plain e-mail in a list',
    user({ email: [careful.user.email, 'jane@example.com'] }),
    'TT-W04 data[0].user.email[1]',
  ],
  ['a hash with capitals inside', user({ email: sha256('Jane@Example.com') }), 'TT-W05 data[0].user.email'],
  ['a hash with a space inside', user({ email: sha256(' jane@example.com') }), 'TT-W05 data[0].user.email'],
  ['a hash of a hash', user({ email: sha256(careful.user.email) }), 'TT-W05 data[0].user.email'],
  [
    'a hash of a hash in capitals',
    user({ email: sha256(careful.user.email.toUpperCase()) }),
    'TT-W05 data[0].user.email',
  ],
  ['an id with a space inside', user({ external_id: sha256('User-42 ') }), 'TT-W05 data[0].user.external_id'],
  ['a phone without +', user({ phone: sha256('14155551234') }), 'TT-W06 data[0].user.phone'],
  ['a national phone', user({ phone: sha256('(415) 555-1234') }), 'TT-W06 data[0].user.phone'],
  [
    'a mistake about an identifier that the test added',
    user({ phone: sha256('14155550199') }),
    'TT-W06 data[0].user.phone',
  ],
  [
    'a list hashed as one',
    user({ email: sha256('jane@example.com,test@example.com') }),
    'TT-W07 data[0].user.email',
  ],
  ['the flag without an address', user({ ip: undefined }), 'TT-W08 data[0].user.ip'],
  ['no flag', { limited_data_use: undefined }, 'TT-W09 data[0].limited_data_use'],
  ['a private address', user({ ip: '192.168.1.7' }), 'TT-W10 data[0].user.ip'],
  ['loopback in IPv6', user({ ip: '::1' }), 'TT-W10 data[0].user.ip'],
  ['no address at all', user({ ip: 'unknown' }), 'TT-W10 data[0].user.ip'],
  ['an underscore in the locale', user({ locale: 'en_US' }), 'TT-W11 data[0].user.locale'],
  [
    'content_type in an item',
    properties({ contents: [{ content_id: 'sku-1', content_type: 'product', quantity: 2 }] }),
    'TT-W12 data[0].properties.contents[0].content_type',
  ],
  [
    'name in an item',
    properties({ contents: [{ content_id: 'sku-1', name: 'Tug', quantity: 2 }] }),
    'TT-W13 data[0].properties.contents[0].name',
  ],
  ['contents_ids', properties({ contents_ids: ['sku-1'] }), 'TT-W14 data[0].properties.contents_ids'],
  ['lines counted, not pieces', properties({ num_items: 1 }), 'TT-W15 data[0].properties.num_items'],
  ['a small currency', properties({ currency: 'usd' }), 'TT-W16 data[0].properties.currency'],
  ['an unlisted currency', properties({ currency: 'UYU' }), 'TT-W16 data[0].properties.currency'],
  ['a legacy name', { event: 'CompletePayment' }, 'TT-W17 data[0].event'],
  ['a small name', { event: 'purchase' }, 'TT-W17 data[0].event'],
  ['a name with underscores', { event: 'add_to_cart' }, 'TT-W17 data[0].event'],
  ['no event_id', { event_id: undefined }, 'TT-W18 data[0].event_id'],
  ['no page', { page: undefined }, 'TT-W20 data[0].page'],
  ['a URL without a scheme', page({ url: 'shop.example/thanks' }), 'TT-W21 data[0].page.url'],
  [
    'an e-mail in a URL',
    page({ url: 'https://shop.example/?m=jane%40example.com' }),
    'TT-W22 data[0].page.url',
  ],
  [
    'a phone in a referrer',
    page({ referrer: 'https://shop.example/?t=%2B14155551234' }),
    'TT-W22 data[0].page.referrer',
  ],
  ['a hashed city', user({ city: sha256('sanjose') }), 'TT-W23 data[0].user.city'],
  ['test_event_code in an event', { test_event_code: 'TEST12345' }, 'TT-W24 data[0].test_event_code'],
  ['an e-mail for a name', { event: 'jane@example.com' }, 'TT-W22 data[0].event'],
  ['a phone in a name', { event: 'Called +14155551234' }, 'TT-W22 data[0].event'],
  ['the old name of search_string', properties({ query: 'boat' }), 'TT-W14 data[0].properties.query'],
  ['an unknown key of an event', { extra: 1 }, 'TT-W14 data[0].extra'],
  ['an unknown key of a person', user({ mail: 'x' }), 'TT-W14 data[0].user.mail'],
  ['a purchase without value', properties({ value: undefined }), 'TT-W00 data[0].properties.value'],
  ['a whole state', user({ state: 'california' }), 'TT-W00 data[0].user.state'],
  ['the placeholder of a click id', user({ ttclid: '__CLICKID__' }), 'TT-W26 data[0].user.ttclid'],
  ['what a script prints for no click id', user({ ttclid: 'undefined' }), 'TT-W26 data[0].user.ttclid'],
  ['a template for a cookie', user({ ttp: '{{cookie}}' }), 'TT-W26 data[0].user.ttp'],
  ['an event id of nothing', { event_id: 'Purchase.undefined' }, 'TT-W26 data[0].event_id'],
  ['an order of nothing', properties({ order_id: 'null' }), 'TT-W26 data[0].properties.order_id'],
  [
    'a product of nothing',
    properties({ contents: [{ content_id: '[object Object]', quantity: 2 }] }),
    'TT-W26 data[0].properties.contents[0].content_id',
  ],
  ['the hash of a placeholder', user({ email: sha256('undefined') }), 'TT-W27 data[0].user.email'],
  ['the hash of a guest', user({ external_id: sha256('0') }), 'TT-W27 data[0].user.external_id'],
  [
    'the hash of a placeholder in a list',
    user({ phone: [careful.user.phone[0], sha256('null')] }),
    'TT-W27 data[0].user.phone[1]',
  ],
  [
    'the key of an order in a URL',
    page({ url: 'https://shop.example/order-received/1001/?key=wc_order_AbC123' }),
    'TT-W28 data[0].page.url',
  ],
  [
    'a token in the path of a referrer',
    page({ referrer: 'https://shop.example/orders/0123456789abcdef0123456789abcdef' }),
    'TT-W28 data[0].page.referrer',
  ],
  [
    'an item without its id',
    properties({ contents: [{ quantity: 2, price: 1 }] }),
    'TT-W29 data[0].properties.contents[0].content_id',
  ],
  [
    'the noise of binary fractions',
    properties({ value: 49.900000000000006 }),
    'TT-W30 data[0].properties.value',
  ],
  [
    'the noise in a price',
    properties({ contents: [{ content_id: 'sku-1', quantity: 2, price: 0.1 + 0.2 }] }),
    'TT-W30 data[0].properties.contents[0].price',
  ],
  ['a negative value', properties({ value: -49.9 }), 'TT-W31 data[0].properties.value'],
  ['an address for benchmarks', user({ ip: '198.18.0.1' }), 'TT-W10 data[0].user.ip'],
]

describe('warns of', () => {
  test.each(cases)('%s', (_title, change, finding) => {
    expect(warningsFor(change)).toEqual([finding])
  })
})

test('an order number, a product 0 and an order page get no warning', () => {
  const ids = properties({ order_id: '0001', contents: [{ content_id: '0', quantity: 2 }] })
  const url = 'https://shop.example/orders/1001?order_id=0001&discount_code=X1&variant=40123456789012'
  expect(warningsFor({ ...ids, ...page({ url }) })).toEqual([])
})

test('a body above 1 MiB gets a warning, unless it has a single event', () => {
  const two = { ...root, data: [careful, careful] }
  const rulesOf = (body: typeof root, bytes: number) =>
    warn(body, badHashes, bytes).map((list) => list.map(({ rule, where }) => `${rule} ${where}`))
  expect(rulesOf(two, 1_048_577)).toEqual([['TT-W32 body'], []])
  expect(rulesOf(two, 1_048_576)).toEqual([[], []])
  expect(rulesOf(root, 2_000_000)).toEqual([[]])
})

test('a custom event name gets no warning', () => {
  expect(warningsFor({ event: 'BoatLaunched' })).toEqual([])
})

test('each event has its own list, and the root belongs to the first one', () => {
  const late = { ...careful, event_id: undefined }
  expect(warned({ ...root, partner_name: '', data: [careful, late] })).toEqual([
    ['TT-W00 partner_name'],
    ['TT-W18 data[1].event_id'],
  ])
})

test.each([
  ['an app', {}, { event_source: 'app' }, 'event_source: "web"'],
  ['an unknown content_type', properties({ content_type: 'boat' }), {}, 'product or product_group'],
  [
    'a quantity as text',
    properties({ contents: [{ content_id: 'sku-1', quantity: '2' }] }),
    {},
    'quantity: an integer',
  ],
  ['a value without currency', { event: 'Lead', properties: { value: 4 } }, {}, 'currency beside value'],
  ['a whole state', user({ state: 'California' }), {}, 'user.state: two lower-case letters'],
  ['a click id with other characters', user({ ttclid: 'a/b' }), {}, 'ttclid: a click id: letters, digits'],
  ['no value', properties({ value: undefined }), {}, 'properties.value: value'],
  ['an empty user', { limited_data_use: false, user: {} }, {}, 'user: at least one key'],
  ['an empty list', user({ email: [] }), {}, 'user.email: at least one entry'],
  ['an address twice', user({ email: [sha256('x'), sha256('x')] }), {}, 'user.email: no entry twice'],
  ['an empty code', {}, { test_event_code: '' }, 'test_event_code: no empty text'],
  ['a negative value', properties({ value: -1 }), {}, 'properties.value: at least 0'],
])('describes what is expected instead of %s', (_title, change, more, words) => {
  const found = warn({ ...root, ...more, data: [{ ...careful, ...change }] }, new Map()).flat()
  expect(found.map(({ where, expected }) => `${where}: ${expected}`).join()).toContain(words)
})
