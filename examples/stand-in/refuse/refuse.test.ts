/** Breaks every rule of refusal once, and checks the order of the rules. */
import { describe, expect, test } from 'vitest'
import { createRateLimit } from '../rate-limit.js'
import { createTokens } from '../tokens.js'
import { refuse } from './refuse.js'
import { parseBody, type RawRequest } from './request.js'

const TOKEN = '0123456789'.repeat(4)
const PIXEL = 'CHRTV0567FRME7OQ5DI0'
const hash = 'a'.repeat(64)

const event = { event: 'Purchase', event_time: 1790000000 }
const root = { event_source: 'web', event_source_id: PIXEL, data: [event] }
const withEvent = (change: object) => ({ ...root, data: [{ ...event, ...change }] })

const check = (
  body: unknown,
  change: Partial<RawRequest> & { strict?: boolean; perSecond?: number } = {},
) => {
  const { strict = false, perSecond = 1000, ...overrides } = change
  const bytes = Buffer.from(typeof body === 'string' ? body : JSON.stringify(body))
  const request = { token: TOKEN, contentType: 'application/json', body: bytes, ...overrides }
  const context = {
    tokens: createTokens({ [TOKEN]: [PIXEL] }),
    rateLimit: createRateLimit(perSecond, () => 1_790_000_000_000),
    strict,
  }
  return refuse(request, parseBody(request), context)
}

test('an event with the documented minimum is not refused', () => {
  expect(check(root)).toBeUndefined()
})

const deep = `${'['.repeat(200)}${']'.repeat(200)}`

const refused: [title: string, body: unknown, change: object, code: number, rule: string, where: string][] = [
  ['no token', root, { token: undefined }, 40104, 'TT-E02', 'Access-Token'],
  ['an empty token', root, { token: '' }, 40104, 'TT-E02', 'Access-Token'],
  ['an unknown token', root, { token: 'f'.repeat(40) }, 40105, 'TT-E03', 'Access-Token'],
  ['Bearer before the token', root, { token: `Bearer ${TOKEN}` }, 40105, 'TT-E03', 'Access-Token'],
  ['text/plain', root, { contentType: 'text/plain' }, 40002, 'TT-E04', 'body'],
  ['no content type', root, { contentType: undefined }, 40002, 'TT-E04', 'body'],
  ['broken JSON', '{"event_source":', {}, 40002, 'TT-E04', 'body'],
  ['an empty body', '', {}, 40002, 'TT-E04', 'body'],
  ['a list instead of an object', [root], {}, 40002, 'TT-E04', 'body'],
  ['a deeply nested body', `{"data":${deep}}`, {}, 40002, 'TT-E04', 'body'],
  ['no event_source', { ...root, event_source: undefined }, {}, 40002, 'TT-E05', 'event_source'],
  ['an unknown event_source', { ...root, event_source: 'shop' }, {}, 40002, 'TT-E05', 'event_source'],
  [
    'event_source inside data only',
    { event_source_id: PIXEL, data: [{ ...event, event_source: 'web' }] },
    {},
    40002,
    'TT-E05',
    'event_source',
  ],
  ['no event_source_id', { ...root, event_source_id: undefined }, {}, 40002, 'TT-E06', 'event_source_id'],
  ['pixel_code of 1.0', { ...root, pixel_code: PIXEL }, {}, 40002, 'TT-E07', 'pixel_code'],
  ['batch of 1.0', { ...root, batch: [] }, {}, 40002, 'TT-E07', 'batch'],
  [
    'timestamp of 1.0',
    withEvent({ timestamp: '2026-01-01T00:00:00Z' }),
    {},
    40002,
    'TT-E07',
    'data[0].timestamp',
  ],
  ['context of 1.0', withEvent({ context: {} }), {}, 40002, 'TT-E07', 'data[0].context'],
  [
    'a pixel of another account',
    { ...root, event_source_id: 'D2QE402IJJSDR907MLO0' },
    {},
    40001,
    'TT-E08',
    'event_source_id',
  ],
  ['no data', { ...root, data: undefined }, {}, 40002, 'TT-E09', 'data'],
  ['empty data', { ...root, data: [] }, {}, 40002, 'TT-E09', 'data'],
  ['data that is no list', { ...root, data: event }, {}, 40002, 'TT-E09', 'data'],
  ['1,001 events', { ...root, data: Array(1001).fill(event) }, {}, 40061, 'TT-E10', 'data'],
  ['an event that is no object', { ...root, data: ['Purchase'] }, {}, 40002, 'TT-E20', 'data[0]'],
  ['no event name', withEvent({ event: undefined }), {}, 40002, 'TT-E11', 'data[0].event'],
  ['an empty event name', withEvent({ event: '' }), {}, 40002, 'TT-E11', 'data[0].event'],
  ['no event_time', withEvent({ event_time: undefined }), {}, 40002, 'TT-E12', 'data[0].event_time'],
  ['milliseconds', withEvent({ event_time: 1790000000000 }), {}, 40002, 'TT-E12', 'data[0].event_time'],
  ['a time in quotes', withEvent({ event_time: '1790000000' }), {}, 40002, 'TT-E12', 'data[0].event_time'],
  ['half a second', withEvent({ event_time: 1790000000.5 }), {}, 40002, 'TT-E12', 'data[0].event_time'],
  ['a number as event_id', withEvent({ event_id: 1001 }), {}, 40002, 'TT-E01', 'data[0].event_id'],
  [
    '"true" as flag',
    withEvent({ limited_data_use: 'true' }),
    {},
    40002,
    'TT-E13',
    'data[0].limited_data_use',
  ],
  ['1 as flag', withEvent({ limited_data_use: 1 }), {}, 40002, 'TT-E13', 'data[0].limited_data_use'],
  ['user that is a list', withEvent({ user: [] }), {}, 40002, 'TT-E20', 'data[0].user'],
  ['properties that are text', withEvent({ properties: '' }), {}, 40002, 'TT-E20', 'data[0].properties'],
  [
    'value as text',
    withEvent({ properties: { value: '1,234.50' } }),
    {},
    40002,
    'TT-E14',
    'data[0].properties.value',
  ],
  [
    'price as text',
    withEvent({ properties: { contents: [{ price: 1 }, { price: '1' }] } }),
    {},
    40002,
    'TT-E14',
    'data[0].properties.contents[1].price',
  ],
  [
    'contents that are no list',
    withEvent({ properties: { contents: {} } }),
    {},
    40002,
    'TT-E21',
    'data[0].properties.contents',
  ],
  [
    'content_id as number',
    withEvent({ properties: { contents: [{ content_id: 1 }] } }),
    {},
    40002,
    'TT-E15',
    'data[0].properties.contents[0].content_id',
  ],
  [
    'an item that is no object',
    withEvent({ properties: { contents: ['a'] } }),
    {},
    40002,
    'TT-E20',
    'data[0].properties.contents[0]',
  ],
  [
    'half an item',
    withEvent({ properties: { num_items: 1.5 } }),
    {},
    40002,
    'TT-E16',
    'data[0].properties.num_items',
  ],
  ['page that is text', withEvent({ page: 'https://shop.example' }), {}, 40002, 'TT-E20', 'data[0].page'],
  ['page without url', withEvent({ page: {} }), {}, 40002, 'TT-E17', 'data[0].page.url'],
  [
    'plain e-mail, strict',
    withEvent({ user: { email: 'a@b.c' } }),
    { strict: true },
    40062,
    'TT-E18',
    'data[0].user.email',
  ],
  [
    'plain zip, strict',
    withEvent({ user: { zip_code: '94107' } }),
    { strict: true },
    40062,
    'TT-E18',
    'data[0].user.zip_code',
  ],
  [
    'a plain phone among hashes, strict',
    withEvent({ user: { phone: [hash, '+14155551234'] } }),
    { strict: true },
    40062,
    'TT-E18',
    'data[0].user.phone[1]',
  ],
  ['too many requests', root, { perSecond: 0 }, 40100, 'TT-E19', 'Access-Token'],
]

describe('refuses', () => {
  test.each(refused)('%s', (_title, body, change, code, rule, where) => {
    expect(check(body, change)).toMatchObject({ code, finding: { rule, where } })
  })
})

describe('the order of the rules', () => {
  const orders: [string, unknown, object, number][] = [
    ['the token comes before the body', 'no JSON', { token: '' }, 40104],
    ['the body comes before the pixel', { event_source_id: 'X' }, {}, 40002],
    ['the pixel comes before the data', { ...root, event_source_id: 'X', data: [] }, {}, 40001],
    [
      'the structure comes before plain data',
      withEvent({ event: '', user: { email: 'a' } }),
      { strict: true },
      40002,
    ],
    [
      'plain data comes before the rate limit',
      withEvent({ user: { email: 'a' } }),
      { strict: true, perSecond: 0 },
      40062,
    ],
  ]
  test.each(orders)('%s', (_title, body, change, code) => {
    expect(check(body, change)?.code).toBe(code)
  })

  test('the message names the first invalid event, in the notation of TikTok', () => {
    const late = { ...event, event_time: '1790000000' }
    const bad = check({ ...root, data: [event, event, { ...event, limited_data_use: 1 }, late] })
    expect(bad?.message).toMatch(/^data\.2\.limited_data_use: /)
  })

  test('plain data is refused in strict mode only, and never shown in a finding', () => {
    const body = withEvent({ user: { email: 'jane@example.com' } })
    expect(check(body)).toBeUndefined()
    expect(JSON.stringify(check(body, { strict: true })?.finding)).not.toContain('jane')
  })

  test.each(['web', 'app', 'offline', 'crm'])('event_source %s is not refused', (source) => {
    expect(check({ ...root, event_source: source })).toBeUndefined()
  })

  test('a charset in the content type is allowed', () => {
    expect(check(root, { contentType: 'application/json; charset=utf-8' })).toBeUndefined()
  })
})
