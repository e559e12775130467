// Tests which values are normalised instead of refused: times, amounts, currencies, ids, and unstorable characters.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { purchase, startTestSystem, type TestSystem } from '../support/test-system.js'

let system: TestSystem
beforeAll(async () => {
  system = await startTestSystem()
})
afterAll(() => system.stop())

const nowSeconds = () => Math.floor(Date.now() / 1000)

describe('event_time', () => {
  const past = nowSeconds() - 3_600
  it.each([
    ['seconds', past],
    ['13 digits, which are milliseconds', past * 1000 + 999],
    ['a string of digits', String(past)],
  ])('%s', async (_, time) => {
    expect((await system.delivered({ event_time: time })).event_time).toBe(past)
  })

  it.each([
    ['an hour ahead', nowSeconds() + 3_600],
    ['a day ahead, in milliseconds', (nowSeconds() + 86_400) * 1000],
    ['the year 9999', 253_402_300_799],
    ['the year 9999, in milliseconds', 253_402_300_799_000],
    ['the greatest safe integer', Number.MAX_SAFE_INTEGER],
  ])('%s becomes the time of arrival', async (_, time) => {
    const before = nowSeconds()
    const { event_time } = await system.delivered({ event_time: time })
    expect(event_time).toBeGreaterThanOrEqual(before)
    expect(event_time).toBeLessThanOrEqual(nowSeconds())
  })
})

it('numeric strings become numbers, and numeric ids become strings', async () => {
  const { properties } = await system.delivered({
    properties: {
      value: '49.90',
      order_id: 1001,
      num_items: '2',
      content_ids: [7, 'sku'],
      contents: [{ content_id: 7, price: '24.95', quantity: '2' }],
    },
  })
  expect(properties).toEqual({
    value: 49.9,
    order_id: '1001',
    num_items: 2,
    content_ids: ['7', 'sku'],
    contents: [{ content_id: '7', price: 24.95, quantity: 2 }],
  })
})

it('a value of zero is sent', async () => {
  const { properties } = await system.delivered({ properties: { value: 0, currency: 'USD' } })
  expect(properties).toEqual({ value: 0, currency: 'USD' })
})

it('a currency is sent in upper case', async () => {
  const { properties } = await system.delivered({ properties: { value: 1, currency: 'usd' } })
  expect(properties?.currency).toBe('USD')
})

it('null counts as absent', async () => {
  const event = await system.delivered({
    event_time: null,
    user: { email: null },
    page: null,
    properties: { value: null },
  })
  expect(event.user.email).toBeUndefined()
  expect(event.page).toBeUndefined()
})

describe('U+0000 and lone surrogates', () => {
  // As escapes of JSON.
  const unstorable = ['\\u0000', '\\ud800', '\\udfff', '\\uDC00\\uD800', '\\u0000\\ud83d\\u0000']
  const deliver = async (inEmail: string, inName: string, inProperty: string) => {
    const body = purchase({ user: { email: '#1', first_name: '#2' }, properties: { note: '#3' } })
    const json = JSON.stringify(body).replace('#1', inEmail).replace('#2', inName).replace('#3', inProperty)
    const { status } = await system.post(json)
    expect(status).toBe(202)
    return system.tiktok.event(body.events[0]?.event_id as string)
  }

  it.each(unstorable)('%s is removed before the rest is hashed', async (sign) => {
    const clean = await deliver('jane@example.com', 'Jane', 'blue')
    const event = await deliver(`ja${sign}ne@example.com`, `${sign}Jane`, `bl${sign}ue${sign}`)
    expect(event.user.email).toBe(clean.user.email)
    expect(event.user.first_name).toBe(clean.user.first_name)
    expect(event.properties).toEqual({ note: 'blue' })
  })

  it('a pair of surrogates is kept', async () => {
    const event = await deliver('a@example.com', 'Jane', '\\ud83d\\ude00')
    expect(event.properties).toEqual({ note: '😀' })
  })

  it('an event name of nothing else is refused as empty', async () => {
    const { status } = await system.post('{"site":"shop.example","events":[{"event":"\\u0000\\ud800"}]}')
    expect(status).toBe(400)
  })

  it('an id is the same with and without them', async () => {
    const body = purchase()
    const eventId = body.events[0]?.event_id as string
    await system.post(body)
    const { json } = await system.post(JSON.stringify(body).replace(eventId, `\\u0000${eventId}\\udc00`))
    expect(json).toMatchObject({ accepted: 0, duplicates: 1, ids: [eventId] })
  })

  it('are removed or refused in the names of properties', async () => {
    const body = purchase({ properties: { '#': 'x' } })
    const { status } = await system.post(JSON.stringify(body).replace('#', 'no\\u0000\\ud800te'))
    if (status === 400) return
    const { properties } = await system.tiktok.event(body.events[0]?.event_id as string)
    expect(Object.keys(properties ?? {})).toEqual(['note'])
  })
})

it.each([
  '😀 İstanbul ß ﷽',
  '‮reversed‬',
  'Ω≈ç√∫',
  "'; drop table events; --",
  '<script>alert(1)</script>',
  '%00%s%n',
])('%s is sent unchanged', async (text) => {
  const { properties } = await system.delivered({ properties: { description: text, custom: text } })
  expect(properties).toEqual({ description: text, custom: text })
})
