import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { clickIds } from '../click-ids.js'
import type { Event, Source } from '../event.js'
import { createValidator, type ValidBody } from './validate.js'

const validateBody = createValidator(clickIds)
const copy = (value: unknown) => JSON.parse(JSON.stringify(value))
const validate = (body: unknown, source: Source) => validateBody(copy(body), true, source)

const bodyWith = (over: object) => ({ site: 'shop.example', events: [{ event: 'Purchase', ...over }] })
const many = <T>(count: number, entry: (at: number) => T) =>
  Array.from({ length: count }, (_, at) => entry(at))
const keys = (count: number) => Object.fromEntries(many(count, (at) => [`key${at}`, 1]))

/** The body as a browser's request is read; throws where it is refused. */
function read(body: unknown, source: Source = 'browser'): ValidBody {
  const result = validate(body, source)
  if (!result.ok) throw new Error(JSON.stringify(result.problems))
  return result.body
}

/** What becomes of one event of a page: the event without its name, and its warnings as `rule path`. */
function repaired(over: object): { event: object; warnings: string[] } {
  const { events, warnings } = read(bodyWith(over))
  const { event: _, ...event } = copy(events[0]) as Event
  expect(events).toHaveLength(1)
  for (const warning of warnings)
    expect(warning).toMatchObject({ event: 0, warning: expect.stringMatching(/./) })
  return { event, warnings: warnings.map(({ rule, path }) => `${rule} ${path}`) }
}

const problemsOf = (body: unknown, source: Source = 'server') => {
  const result = validate(body, source)
  return result.ok ? [] : result.problems.map(({ path, problem }) => `${path}: ${problem}`)
}

describe('a page keeps its event', () => {
  const properties = (sent: object, kept: object = {}) =>
    [{ properties: sent }, { properties: kept }] as const
  it.each<[what: string, sent: object, kept: object, ...warnings: string[]]>([
    ['an unknown key', { Event: 1 }, {}, 'unknown_key Event'],
    ['an event id that is no text', { event_id: {} }, {}, 'invalid_value event_id'],
    ['an event id that is too long', { event_id: 'x'.repeat(513) }, {}, 'too_long event_id'],
    ['a number beyond 2^53 as event id', { event_id: 2 ** 60 }, {}, 'unsafe_number event_id'],
    ['a negative time', { event_time: -1 }, {}, 'invalid_value event_time'],
    ['a time without a zone', { event_time: '2026-11-28T12:00:00' }, {}, 'invalid_value event_time'],
    ['a user that is no object', { user: 'jane' }, {}, 'invalid_value user'],
    ['an unknown key of the user', { user: { mail: 'x' } }, { user: {} }, 'unknown_key user.mail'],
    ['an address in the body', { user: { ip: '203.0.113.1' } }, { user: {} }, 'invalid_value user.ip'],
    [
      'an e-mail address that is no text',
      { user: { email: ['a@b.example', { a: 1 }, null, 'c@d.example'] } },
      { user: { email: ['a@b.example', 'c@d.example'] } },
      'invalid_value user.email[1]',
    ],
    [
      'invalid entries behind absent ones, at the places where they were sent',
      ...properties(
        {
          contents: [null, { content_id: 'a' }, 7, null, { content_id: 'b', quantity: 0.5, coupon: 1 }],
          content_ids: [null, {}, null, {}, 'a'],
          own: [null, [null, 2 ** 60, [null, { id: 2 ** 60 }]]],
        },
        {
          contents: [{ content_id: 'a' }, { content_id: 'b', coupon: 1 }],
          content_ids: ['a'],
          own: [[2 ** 60, [{}]]],
        },
      ),
      'unsafe_number properties.own[1][2][1].id',
      'invalid_value properties.content_ids[1]',
      'invalid_value properties.content_ids[3]',
      'invalid_value properties.contents[2]',
      'invalid_value properties.contents[4].quantity',
      'item_key properties.contents[4].coupon',
    ],
    [
      'a long name of a person, which is not cut',
      { user: { city: 'x'.repeat(8_193), state: 'CA' } },
      { user: { state: 'CA' } },
      'too_long user.city',
    ],
    ['a page that is a text', { page: 'https://shop.example/' }, {}, 'invalid_value page'],
    [
      'an unknown key of the page',
      { page: { url: 'https://shop.example/', title: 'x' } },
      { page: { url: 'https://shop.example/' } },
      'unknown_key page.title',
    ],
    ['properties that are a list', { properties: [] }, {}, 'invalid_value properties'],
    ['a value with a separator', ...properties({ value: '1,234.50' }), 'invalid_value properties.value'],
    ['a value with a currency sign', ...properties({ value: '$49.90' }), 'invalid_value properties.value'],
    ['a value of true', ...properties({ value: true }), 'invalid_value properties.value'],
    ['an empty value', ...properties({ value: ' ', num_items: '' })],
    [
      'a quantity by weight',
      ...properties({ contents: [{ content_id: '1', quantity: 0.5 }] }, { contents: [{ content_id: '1' }] }),
      'invalid_value properties.contents[0].quantity',
    ],
    [
      'items that are no objects',
      ...properties(
        { contents: ['sku-1', { content_id: 'a' }, 7, null] },
        { contents: [{ content_id: 'a' }] },
      ),
      'invalid_value properties.contents[0]',
      'invalid_value properties.contents[2]',
    ],
    ['ids as a text', ...properties({ content_ids: '["a"]' }), 'invalid_value properties.content_ids'],
    [
      'an order id beyond 2^53',
      ...properties({ order_id: 820982911946154500, value: 1 }, { value: 1 }),
      'unsafe_number properties.order_id',
    ],
    ...[
      ...['transaction_id', 'sku', 'gtin', 'ean', 'upc', 'barcode', 'id', 'variant_id', 'product_id'],
      ...['checkout_id', 'order_number', 'cartId', 'invoiceNumber'],
    ].map((key): [string, object, object, string] => [
      `a ${key} beyond 2^53`,
      ...properties({ [key]: 2 ** 62, value: 1 }, { value: 1 }),
      `unsafe_number properties.${key}`,
    ]),
    [
      'ids beyond 2^53 in lists',
      ...properties(
        { line_items: [{ id: 2 ** 60, price: 1 }, { id: -(2 ** 60) }], product_ids: [1, 2 ** 60] },
        { line_items: [{ price: 1 }, {}], product_ids: [1] },
      ),
      'unsafe_number properties.line_items[0].id',
      'unsafe_number properties.line_items[1].id',
      'unsafe_number properties.product_ids[1]',
    ],
    [
      'an amount beyond 2^53',
      ...properties({ total: 2 ** 60, value: 2 ** 60 }, { total: 2 ** 60, value: 2 ** 60 }),
    ],
    [
      'a list that is too long',
      ...properties({ custom: many(101, () => 1) }, { custom: many(100, () => 1) }),
      'too_long properties.custom',
    ],
    [
      'more than 100 properties',
      ...properties({ ...keys(101), value: 1 }, { ...keys(99), value: 1 }),
      'too_long properties',
    ],
    [
      'properties that are too deep',
      ...properties(
        { a: { b: { c: { d: { e: { f: { g: { h: { i: {}, x: 1 } } } } } } } } },
        { a: { b: { c: { d: { e: { f: { g: { h: { x: 1 } } } } } } } } },
      ),
      'too_long properties.a.b.c.d.e.f.g.h.i',
    ],
    [
      'a description that is too long',
      ...properties({ description: 'x'.repeat(9_000) }, { description: 'x'.repeat(8_192) }),
      'too_long properties.description',
    ],
    [
      'texts of its own that are too long, and ids, which are not cut',
      ...properties(
        {
          note: 'x'.repeat(9_000),
          a: [{ b: ['y', `${'x'.repeat(8_191)}😀😀`] }],
          sku: 'x'.repeat(9_000),
          url: 'z'.repeat(8_193),
        },
        { note: 'x'.repeat(8_192), a: [{ b: ['y', 'x'.repeat(8_191)] }], url: 'z'.repeat(8_192) },
      ),
      'too_long properties.note',
      'too_long properties.a[0].b[1]',
      'too_long properties.sku',
      'too_long properties.url',
    ],
    ['a text of 8,192 pairs', ...properties({ note: '😀'.repeat(8_192) }, { note: '😀'.repeat(8_192) })],
    [
      'documented texts that are too long',
      ...properties(
        {
          order_id: 'x'.repeat(9_000),
          content_ids: ['a', 'x'.repeat(9_000)],
          contents: [{ content_id: 'b', content_name: 'x'.repeat(9_000) }],
        },
        { content_ids: ['a'], contents: [{ content_id: 'b', content_name: 'x'.repeat(8_192) }] },
      ),
      'too_long properties.content_ids[1]',
      'too_long properties.contents[0].content_name',
      'too_long properties.order_id',
    ],
    [
      'a search text that is too long, without half of a character',
      ...properties({ search_string: `${'x'.repeat(8_191)}😀😀` }, { search_string: 'x'.repeat(8_191) }),
      'too_long properties.search_string',
    ],
    [
      'a page address that is too long, without its last parameter',
      { page: { url: `https://shop.example/?a=1&email=${'x'.repeat(8_192)}` } },
      { page: { url: 'https://shop.example/?a=1' } },
      'too_long page.url',
    ],
  ])('with %s', (_, sent, kept, ...expected) => {
    const { event, warnings } = repaired(sent)
    expect(event).toEqual(kept)
    expect(warnings).toEqual(expected)
  })

  it.each(['gpc', 'opt_out', 'limited_data_use', 'usp', 'gpp', 'GPC'])(
    'protected, with an unreadable %s',
    (key) => {
      const value = ['usp', 'gpp'].includes(key) ? 1 : 'yes'
      const { event, warnings } = repaired({ privacy: { [key]: value, consent: 'granted' } })
      expect(event).toEqual({ privacy: { consent: 'granted' }, unreadableSignal: true })
      expect(warnings).toEqual([`unreadable_signal privacy.${key}`])
    },
  )

  it('protected, where privacy is no object', () => {
    expect(repaired({ privacy: 'x' })).toEqual({
      event: { unreadableSignal: true },
      warnings: ['unreadable_signal privacy'],
    })
  })

  it('without consent, where that is unreadable', () => {
    expect(repaired({ privacy: { consent: 'maybe' } })).toEqual({
      event: { privacy: {} },
      warnings: ['unreadable_signal privacy.consent'],
    })
    expect(repaired({ privacy: { consent: ' Denied ' } })).toEqual({
      event: { privacy: { consent: 'denied' } },
      warnings: [],
    })
  })

  it('with sections that cannot be read, which alone protect nothing', () => {
    expect(repaired({ privacy: { gpp_sid: ['8'] } })).toEqual({
      event: { privacy: {} },
      warnings: ['invalid_value privacy.gpp_sid[0]'],
    })
  })

  it('under a name that is cut to 100 characters', () => {
    const { events, warnings } = read({ site: 'shop.example', events: [{ event: 'x'.repeat(101) }] })
    expect(events).toEqual([{ event: 'x'.repeat(100) }])
    expect(warnings).toMatchObject([{ event: 0, rule: 'too_long', path: 'event' }])
  })

  it('when the request around it has unknown and unreadable keys', () => {
    const { events, warnings, sentAt } = read({ ...bodyWith({}), customer: { a: 1 }, sent_at: 'now' })
    expect(events).toHaveLength(1)
    expect(sentAt).toBeUndefined()
    expect(warnings).toEqual([
      {
        rule: 'invalid_value',
        path: 'sent_at',
        warning: expect.stringContaining('left out: expected Unix seconds'),
      },
      {
        rule: 'unknown_key',
        path: 'customer',
        warning: 'left out: unknown key "customer"; order data goes into events[].properties',
      },
    ])
  })

  it('when others of its request are unusable, and the positions are those of the request', () => {
    const { events, positions, warnings } = read({
      site: 'shop.example',
      events: [
        null,
        { event: '' },
        { event: 'Lead', Event: 1 },
        'x',
        { event: 'a@b.example' },
        { event: 'Search' },
      ],
    })
    expect(events.map(({ event }) => event)).toEqual(['Lead', 'Search'])
    expect(positions).toEqual([2, 5])
    expect(warnings.map(({ event, rule, path }) => `${event} ${rule} ${path}`)).toEqual([
      '0 unusable_event ',
      '1 unusable_event event',
      '2 unknown_key Event',
      '3 unusable_event ',
      '4 unusable_event event',
    ])
  })

  it('in a time that grows with the size of the request only', () => {
    const items = many(100, () => ({ price: 'x', quantity: 'x' }))
    const body = {
      site: 'shop.example',
      events: many(100, () => ({ event: 'A', properties: { contents: items } })),
    }
    const startedAt = performance.now()
    expect(read(body).warnings).toHaveLength(20_000)
    expect(performance.now() - startedAt).toBeLessThan(10_000)
  })
})

describe('a page is refused', () => {
  it.each<[path: string, body: unknown]>([
    ['', 5],
    ['', null],
    ['', []],
    ['site', { events: [{ event: 'Purchase' }] }],
    ['site', { site: 5, events: [{ event: 'Purchase' }] }],
    ['site', { site: ' ', events: [{ event: 'Purchase' }] }],
    ['site_key', { ...bodyWith({}), site_key: 5 }],
    ['events', { site: 'shop.example' }],
    ['events', { site: 'shop.example', events: {} }],
    ['events', { site: 'shop.example', events: [] }],
    ['events', { site: 'shop.example', events: many(101, () => ({ event: 'Purchase' })) }],
    ['events[0]', { site: 'shop.example', events: [null] }],
    ['events[0].event', { site: 'shop.example', events: [{}] }],
    ['events[0].event', { site: 'shop.example', events: [{ event: 7 }, { event: '' }] }],
    ['events[0].event', { site: 'shop.example', events: [{ event: 'jane@example.com' }] }],
  ])('for %s', (path, body) => {
    const result = validate(body, 'browser')
    expect(!result.ok && result.problems[0]?.path).toBe(path)
  })
})

describe('a server', () => {
  it('is told all problems, and what to do', () => {
    const body = {
      customer: {},
      email: 'jane@example.com',
      note: 1,
      ...bodyWith({ event: '', total_price: 1, properties: { value: 'x', order_id: 820982911946154500 } }),
      sent_at: true,
    }
    expect(problemsOf(body).sort()).toEqual([
      'customer: unknown key "customer"; order data goes into events[].properties',
      'email: unknown key "email"; it goes into events[].user',
      'events[0].event: the name is empty',
      'events[0].properties.order_id: beyond 2^53, where JSON parsers round numbers: write it as a text',
      'events[0].properties.value: expected a number such as 49.9, without currency sign or thousands separator',
      'events[0].total_price: unknown key "total_price"; order data goes into events[].properties',
      'note: unknown key "note"',
      expect.stringMatching(/^sent_at: expected Unix seconds/),
    ])
  })

  it.each([
    ['email', {}, 'expected a text or a list of texts'],
    ['email', 5, 'expected a text or a list of texts'],
    ['phone', true, 'expected a text or a list of texts'],
    ['external_id', 2 ** 60, 'beyond 2^53, where JSON parsers round numbers: write it as a text'],
  ])('is told what %s may be', (key, value, problem) => {
    expect(problemsOf(bodyWith({ user: { [key]: value } }))).toEqual([`events[0].user.${key}: ${problem}`])
  })

  it('is not told the keys that are personal data', () => {
    const body = { ...bodyWith({ 'jane@example.com': 1 }), '+1 415 555 1234': 1, '2133734299': 1 }
    expect(problemsOf(body)).toEqual([
      'events[0].…: unknown key "…"',
      '…: unknown key "…"',
      '…: unknown key "…"',
    ])
  })

  it('is told of the entry of a list', () => {
    expect(problemsOf(bodyWith({ user: { email: ['a@b.example', {}] } }))).toEqual([
      'events[0].user.email[1]: expected a text',
    ])
  })

  it.each([
    [{ on_invalid: 'keep' }, 'on_invalid'],
    [{ on_invalid: true }, 'on_invalid'],
    [{ test_event_code: '' }, 'test_event_code'],
    [{ test_event_code: 'x'.repeat(65) }, 'test_event_code'],
    [{ test_event_code: 5, on_invalid: 'drop' }, 'test_event_code'],
  ])('is refused with %o', (over, path) => {
    expect(problemsOf({ ...bodyWith({}), ...over })).toEqual([expect.stringMatching(`^${path}: `)])
  })

  it('may choose that invalid fields are left out', () => {
    const body = { ...bodyWith({ Event: 1, user: { ip: '203.0.113.1' } }), on_invalid: 'drop' }
    const { events, warnings, isLenient } = read(body, 'server')
    expect(isLenient).toBe(true)
    expect(events).toEqual([{ event: 'Purchase', user: { ip: '203.0.113.1' } }])
    expect(warnings.map(({ path }) => path)).toEqual(['Event'])
  })

  it('may send a test code, a page may not', () => {
    const body = { ...bodyWith({}), test_event_code: ' TEST1 ' }
    expect(read(body, 'server').testEventCode).toBe('TEST1')
    const fromPage = read(body)
    expect(fromPage.testEventCode).toBeUndefined()
    expect(fromPage.warnings).toMatchObject([{ rule: 'unknown_key', path: 'test_event_code' }])
  })
})

describe('the name of an event', () => {
  const zeroWidth = '\u200b'
  it.each([
    ...[
      'undefined',
      'NULL',
      'nan',
      '{{event}}',
      'x {{ event.name }}',
      '{% event %}',
      '%%NAME%%',
      '[object Object]',
    ],
    ...['Shop.undefined', '__EVENT__', `${zeroWidth}null`, zeroWidth, 'jane@example.com'],
  ])('%j cannot be used', (event) => {
    const body = { site: 'shop.example', events: [{ event }, { event: 'Lead' }] }
    const { events, warnings } = read(body)
    expect(events).toEqual([{ event: 'Lead' }])
    expect(warnings).toMatchObject([{ event: 0, rule: 'unusable_event', path: 'event' }])
    expect(problemsOf(body)).toEqual([expect.stringMatching(/^events\[0\]\.event: /)])
  })

  it.each([
    [`Pur${zeroWidth}chase\ufeff`, 'Purchase'],
    ['Pur\tchase\u0000', 'Pur chase'],
    ['Ka\u0308ufe', 'K\u00e4ufe'],
    ['x'.repeat(100) + zeroWidth, 'x'.repeat(100)],
  ])('%j is cleaned', (event, kept) => {
    for (const source of ['browser', 'server'] as const) {
      const { events, warnings } = read({ site: 'shop.example', events: [{ event }] }, source)
      expect({ events, warnings }).toEqual({ events: [{ event: kept }], warnings: [] })
    }
  })

  it.each([
    ...[
      'PURCHASE',
      'purchase',
      'newsletter',
      'nullable',
      'K\u00e4ufe',
      '\u8d2d\u4e70',
      '\ud83d\uded2 cart',
      'order {x',
      '100%',
      '_x',
      '(a)',
    ],
    ...['annull', 'a]', 'Wishlist [b]', 'x'],
  ])('%j stays', (event) => {
    const { events, warnings } = read({ site: 'shop.example', events: [{ event }] }, 'server')
    expect({ events, warnings }).toEqual({ events: [{ event }], warnings: [] })
  })
})

describe('accepted with a warning on both routes', () => {
  it.each<[properties: object, kept: object, ...warnings: string[]]>([
    [{ currency: 'Euro' }, { currency: 'EURO' }, 'invalid_value properties.currency'],
    [{ currency: '€' }, { currency: '€' }, 'invalid_value properties.currency'],
    [{ currency: 'US$' }, { currency: 'US$' }, 'invalid_value properties.currency'],
    [{ currency: 'null' }, {}, 'placeholder properties.currency'],
    [{ currency: '{{CURRENCY}}' }, {}, 'placeholder properties.currency'],
    [{ currency: 'NaN' }, {}, 'placeholder properties.currency'],
    [{ value: -1 }, { value: -1 }, 'invalid_value properties.value'],
    [
      { contents: [{ price: 1 }, { price: -2, quantity: '-3' }] },
      { contents: [{ price: 1 }, { price: -2, quantity: -3 }] },
      'invalid_value properties.contents[1].price',
      'invalid_value properties.contents[1].quantity',
    ],
    [
      { currency: '', value: 0 },
      { currency: '', value: 0 },
    ],
  ])('%o', (properties, kept, ...expected) => {
    for (const source of ['browser', 'server'] as const) {
      const { events, warnings } = read(bodyWith({ properties }), source)
      expect(copy(events[0]?.properties)).toEqual(kept)
      expect(warnings.map(({ rule, path }) => `${rule} ${path}`)).toEqual(expected)
    }
  })
})

it('a problem has the index that was sent', () => {
  const contents = [null, { quantity: 1 }, null, { quantity: 0.5 }]
  expect(
    problemsOf({ site: 'shop.example', events: [null, ...bodyWith({ properties: { contents } }).events] }),
  ).toEqual([
    expect.stringMatching(/^events\[0\]: /),
    'events[1].properties.contents[3].quantity: expected a whole number',
  ])
})

it('a long text of its own is refused of a server', () => {
  expect(
    problemsOf(bodyWith({ properties: { note: 'x'.repeat(8_193), sku: 'x'.repeat(8_193), a: 'x' } })),
  ).toEqual([
    'events[0].properties.note: longer than 8192 characters',
    'events[0].properties.sku: longer than 8192 characters',
  ])
})

describe('a number that JSON.parse has changed', () => {
  const parsed = (properties: string, source: Source) =>
    validateBody(
      JSON.parse(`{"site": "shop.example", "events": [{"event": "Purchase", "properties": ${properties}}]}`),
      false,
      source,
    )

  it('is refused with all problems where it is an id or infinite', () => {
    const sent =
      '{"sku": 5871234567890123456, "total": 1e400, "sum": 1e300, "quantities": [1, -1e400], "value": "x"}'
    const result = parsed(sent, 'server')
    expect(result.ok || result.problems.map(({ rule, path }) => `${rule} ${path}`)).toEqual([
      'unsafe_number events[0].properties.sku',
      'invalid_value events[0].properties.total',
      'invalid_value events[0].properties.quantities[1]',
      'invalid_value events[0].properties.value',
    ])
  })

  it('is left out with a warning for a page', () => {
    const result = parsed('{"total": 1e400, "sum": 1e300, "quantities": [1, -1e400]}', 'browser')
    if (!result.ok) throw new Error('refused')
    expect(result.body.events[0]?.properties).toEqual({ sum: 1e300, quantities: [1] })
    expect(result.body.warnings).toEqual([
      {
        event: 0,
        rule: 'invalid_value',
        path: 'properties.total',
        warning: expect.stringMatching(/^left out: /),
      },
      { event: 0, rule: 'invalid_value', path: 'properties.quantities[1]', warning: expect.any(String) },
    ])
  })

  it('protects as a signal', () => {
    const body = JSON.parse(
      '{"site": "shop.example", "events": [{"event": "Purchase", "privacy": {"gpc": 1e400}}]}',
    )
    const result = validateBody(body, false, 'browser')
    expect(result.ok && result.body.events[0]?.unreadableSignal).toBe(true)
  })
})

describe('without a word is repaired', () => {
  it.each<[sent: object, kept: object]>([
    [{ event_time: 1_795_400_000_123 }, { event_time: 1_795_400_000 }],
    [{ event_time: 1_795_400_000_123_456 }, { event_time: 1_795_400_000 }],
    [{ event_time: '2026-11-23T02:13:20Z' }, { event_time: 1_795_400_000 }],
    [{ event_time: '' }, {}],
    [{ event_id: 5 }, { event_id: '5' }],
    [{ user: { email: ['a@b.example', null] } }, { user: { email: ['a@b.example'] } }],
    [{ properties: { value: '49.90', currency: ' usd ' } }, { properties: { value: 49.9, currency: 'USD' } }],
    [{ properties: { value: '', num_items: null } }, { properties: {} }],
    [{ privacy: { consent: '' } }, { privacy: {} }],
  ])('%o', (sent, kept) => {
    for (const source of ['browser', 'server'] as const) {
      const { events, warnings } = read(bodyWith(sent), source)
      expect(copy(events)).toEqual([{ event: 'Purchase', ...kept }])
      expect(warnings).toEqual([])
    }
  })

  it.each([
    'https://www.shop.example/',
    'http://www.shop.example:8080/cart?a#b',
    'www.shop.example/cart',
    ' www.shop.example ',
  ])('the site %s', (site) => {
    expect(read({ ...bodyWith({}), site }).site).toBe('www.shop.example')
  })
})

describe('an item of contents', () => {
  it.each<[platform: string, sent: object, kept: object, ...unknown: string[]]>([
    [
      'GA4',
      { item_id: 'S1', item_name: 'Shirt', item_brand: 'B', item_category: 'C', price: 5, quantity: 1 },
      { content_id: 'S1', content_name: 'Shirt', brand: 'B', content_category: 'C', price: 5, quantity: 1 },
    ],
    [
      'Segment',
      { product_id: 'P1', sku: 'S1', name: 'Shirt', category: 'C', price: '5.00' },
      { content_id: 'P1', sku: 'S1', content_name: 'Shirt', content_category: 'C', price: 5 },
      'sku',
    ],
    [
      'Shopify',
      { id: 9, product_id: 7, title: 'Shirt', vendor: 'B', quantity: '2' },
      { id: 9, content_id: '7', content_name: 'Shirt', brand: 'B', quantity: 2 },
      'id',
    ],
    ['this API', { content_id: 'a', content_type: 'product' }, { content_id: 'a', content_type: 'product' }],
    ['an empty id', { content_id: '', sku: 'S1' }, { content_id: 'S1' }],
    ['an id that is a placeholder', { content_id: 'undefined', sku: 'REAL1' }, { content_id: 'REAL1' }],
    [
      'names that are placeholders',
      { item_id: 'null', sku: '{{sku}}', id: 7 },
      { item_id: 'null', sku: '{{sku}}', content_id: '7' },
      'item_id',
      'sku',
    ],
    ['placeholders only', { item_id: 'null', sku: '{{sku}}' }, { content_id: 'null', sku: '{{sku}}' }, 'sku'],
  ])('has our names in place of those of %s', (_, sent, kept, ...unknown) => {
    const { events, warnings } = read(bodyWith({ properties: { contents: [sent] } }), 'server')
    expect(events[0]?.properties?.contents).toEqual([kept])
    expect(warnings.map(({ rule, path }) => `${rule} ${path}`)).toEqual(
      unknown.map((key) => `item_key properties.contents[0].${key}`),
    )
  })

  it('with a key that no vendor takes is reported once an event', () => {
    const contents = many(3, (at) => ({ content_id: String(at), ...(at > 0 && { coupon: 'x' }) }))
    const { warnings } = read(bodyWith({ properties: { contents } }))
    expect(warnings).toMatchObject([{ event: 0, rule: 'item_key', path: 'properties.contents[1].coupon' }])
  })
})

it('no JSON costs an event with a usable name, and none throws', () => {
  const parts = ['event_id', 'event_time', 'user', 'page', 'properties', 'privacy', 'other']
  const event = fc.record(
    Object.fromEntries(parts.map((key) => [key, fc.jsonValue({ maxDepth: 6 })])) as Record<
      string,
      fc.Arbitrary<unknown>
    >,
    { requiredKeys: [] },
  )
  const hasForbidden = (json: string) => /"(__proto__|constructor|prototype)":/.test(json)
  fc.assert(
    fc.property(fc.array(event, { minLength: 1, maxLength: 3 }), fc.jsonValue(), (events, other) => {
      const json = JSON.stringify({
        site: 'shop.example',
        events: events.map((over, at) => ({ ...over, event: `E${at}` })),
        other,
        sent_at: other,
      })
      const result = validateBody(JSON.parse(json), true, 'browser')
      if (hasForbidden(json)) return
      expect(result.ok && result.body.events.map((kept) => kept.event)).toEqual(
        events.map((_, at) => `E${at}`),
      )
    }),
    { numRuns: 2_000 },
  )
  fc.assert(
    fc.property(fc.jsonValue(), (body) => {
      expect(validateBody(body, true, 'browser').ok).toBe(false)
      expect(validateBody(body, true, 'server').ok).toBe(false)
    }),
  )
})
