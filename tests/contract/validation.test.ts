// Tests the validation of requests: a server's is refused with all problems, a page loses the invalid fields only.
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { newId, startTestSystem, type TestSystem, type WireAnswer } from '../support/test-system.js'

let system: TestSystem
beforeAll(async () => {
  system = await startTestSystem()
})
afterEach(() => system.expectServing())
afterAll(() => system.stop())

const requestWith = (over: object) => ({
  site: 'shop.example',
  events: [{ event: 'Purchase', event_id: newId(), ...over }],
})
const many = (count: number, entry: (index: number) => unknown) =>
  Array.from({ length: count }, (_, at) => entry(at))
const keys = (count: number) => Object.fromEntries(many(count, (at) => [`key${at}`, 1]) as [string, number][])
const events = (count: number) => ({
  site: 'shop.example',
  events: many(count, () => ({ event: 'Purchase', event_id: newId() })),
})

/** Requests without an event, which a page may not send either. */
const unusable: [path: string, body: unknown][] = [
  ['site', { events: [{ event: 'Purchase' }] }],
  ['site', { site: 5, events: [{ event: 'Purchase' }] }],
  ['site', { site: '', events: [{ event: 'Purchase' }] }],
  ['events', { site: 'shop.example' }],
  ['events', { site: 'shop.example', events: [] }],
  ['events', { site: 'shop.example', events: {} }],
  ['events', { site: 'shop.example', events: 'Purchase' }],
  ['events[0]', { site: 'shop.example', events: [null] }],
  ['events[0]', { site: 'shop.example', events: ['Purchase'] }],
  ['events[0]', { site: 'shop.example', events: [[]] }],
  ['events[0].event', { site: 'shop.example', events: [{}] }],
  ['events[0].event', requestWith({ event: '' })],
  ['events[0].event', requestWith({ event: '  ' })],
  ['events[0].event', requestWith({ event: 7 })],
  ['site_key', { ...requestWith({}), site_key: 5 }],
  ['site_key', { ...requestWith({}), site_key: 'x'.repeat(101) }],
]

/** Fields that are not valid: a server's request is refused, a page's event loses them. */
const fields: [path: string, body: unknown][] = [
  ['surprise', { ...requestWith({}), surprise: 1 }],
  ['sent_at', { ...requestWith({}), sent_at: 'now' }],
  ['on_invalid', { ...requestWith({}), on_invalid: 'keep' }],
  ['events[0].event', requestWith({ event: 'x'.repeat(101) })],
  ['events[0].Event', requestWith({ Event: 'Purchase' })],
  ['events[0].timestamp', requestWith({ timestamp: 1 })],
  ['events[0].event_id', requestWith({ event_id: {} })],
  ['events[0].event_id', requestWith({ event_id: ['a'] })],
  ['events[0].event_id', requestWith({ event_id: true })],
  ['events[0].event_time', requestWith({ event_time: -1 })],
  ['events[0].event_time', requestWith({ event_time: -1_795_400_000 })],
  ['events[0].event_time', requestWith({ event_time: -1_795_400_000_000 })],
  ['events[0].event_time', requestWith({ event_time: 'yesterday' })],
  ['events[0].event_time', requestWith({ event_time: '2026-11-23T00:00:00' })],
  ['events[0].event_time', requestWith({ event_time: true })],
  ['events[0].event_time', requestWith({ event_time: {} })],
  ['events[0].user', requestWith({ user: 'jane' })],
  ['events[0].user', requestWith({ user: [] })],
  ['events[0].user.mail', requestWith({ user: { mail: 'jane@example.com' } })],
  ['events[0].user.email', requestWith({ user: { email: {} } })],
  ['events[0].user.email[0]', requestWith({ user: { email: [['a@b.c']] } })],
  ['events[0].user.first_name', requestWith({ user: { first_name: {} } })],
  ['events[0].user.external_id', requestWith({ user: { external_id: 2 ** 60 } })],
  ['events[0].page', requestWith({ page: 'https://shop.example/' })],
  ['events[0].page.title', requestWith({ page: { url: 'https://shop.example/', title: 'x' } })],
  ['events[0].page.url', requestWith({ page: { url: 5 } })],
  ['events[0].properties', requestWith({ properties: [] })],
  ['events[0].properties', requestWith({ properties: 'x' })],
  ['events[0].properties.value', requestWith({ properties: { value: '1,234.50' } })],
  ['events[0].properties.value', requestWith({ properties: { value: '$49.90' } })],
  ['events[0].properties.value', requestWith({ properties: { value: '49,90' } })],
  ['events[0].properties.value', requestWith({ properties: { value: '1e3' } })],
  ['events[0].properties.value', requestWith({ properties: { value: '0x10' } })],
  ['events[0].properties.value', requestWith({ properties: { value: 'NaN' } })],
  ['events[0].properties.value', requestWith({ properties: { value: 'Infinity' } })],
  ['events[0].properties.value', requestWith({ properties: { value: '9'.repeat(400) } })],
  ['events[0].properties.value', requestWith({ properties: { value: true } })],
  ['events[0].properties.value', requestWith({ properties: { value: [49.9] } })],
  ['events[0].properties.contents', requestWith({ properties: { contents: {} } })],
  ['events[0].properties.contents[0]', requestWith({ properties: { contents: ['sku-1'] } })],
  [
    'events[0].properties.contents[1].price',
    requestWith({ properties: { contents: [{}, { price: '1,0' }] } }),
  ],
  [
    'events[0].properties.contents',
    requestWith({ properties: { contents: many(1_001, () => ({ content_id: 'a' })) } }),
  ],
  ['events[0].properties.custom', requestWith({ properties: { custom: many(1_001, () => 1) } })],
  ['events[0].properties', requestWith({ properties: keys(101) })],
  ['events[0].properties.custom', requestWith({ properties: { custom: keys(101) } })],
  ['events[0].privacy', requestWith({ privacy: true })],
  ['events[0].privacy.GPC', requestWith({ privacy: { GPC: true } })],
  ['events[0].privacy.gpc', requestWith({ privacy: { gpc: 1 } })],
  ['events[0].privacy.gpc', requestWith({ privacy: { gpc: 'true' } })],
  ['events[0].privacy.opt_out', requestWith({ privacy: { opt_out: 'yes' } })],
  ['events[0].privacy.limited_data_use', requestWith({ privacy: { limited_data_use: 'false' } })],
  ['events[0].privacy.limited_data_use', requestWith({ privacy: { limited_data_use: 0 } })],
  ['events[0].privacy.usp', requestWith({ privacy: { usp: 1 } })],
  ['events[0].privacy.gpp', requestWith({ privacy: { gpp: ['DBAB'] } })],
  ['events[0].privacy.gpp_sid', requestWith({ privacy: { gpp_sid: 8 } })],
  ['events[0].privacy.gpp_sid[0]', requestWith({ privacy: { gpp_sid: ['8'] } })],
  ['events[0].privacy.consent', requestWith({ privacy: { consent: true } })],
  ['events[0].privacy.consent', requestWith({ privacy: { consent: 'maybe' } })],
]

type Refusal = { error: string; problems: { path: string; problem: string }[] }
const refused = async (post: TestSystem['post'], body: unknown) => {
  const { status, json } = await post(body)
  expect(status).toBe(400)
  const { error, problems } = json as Refusal
  expect(error).toMatch(/./)
  for (const { problem } of problems) expect(problem).toMatch(/./)
  return problems.map(({ path }) => path)
}

it.each([...unusable, ...fields])(
  'of a server: %s is named, and the request refused (case %#)',
  async (path, body) => {
    expect(await refused(system.postAsServer, body)).toContain(path)
  },
)

it.each([['events', events(101)] as const, ...unusable])(
  'of a page: without a usable event it is refused for %s (case %#)',
  async (path, body) => {
    expect(await refused(system.post, body)).toContain(path)
  },
)

const fromPage: [path: string, body: unknown][] = [
  ['events[0].user.ip', requestWith({ user: { ip: '203.0.113.1' } })],
  ['events[0].user.user_agent', requestWith({ user: { user_agent: 'Mozilla/5.0' } })],
  ['test_event_code', { ...requestWith({}), test_event_code: 'TEST1' }],
]

it.each([...fields, ...fromPage])(
  'of a page: %s is left out, and the event accepted (case %#)',
  async (path, body) => {
    const { status, json } = await system.post(body)
    expect(status).toBe(202)
    const { accepted, warnings } = json as WireAnswer
    expect(accepted).toBe(1)
    const [, event, inEvent = path] = /^events\[(\d)\]\.(.*)$/.exec(path) ?? []
    const warning = {
      ...(event && { event: Number(event) }),
      path: inEvent,
      warning: expect.stringMatching(/./),
    }
    expect(warnings).toContainEqual(warning)
  },
)

it('a number beyond the range of a double is refused', async () => {
  const body = (value: string) =>
    `{"site":"shop.example","events":[{"event":"Purchase","properties":{"value":${value}}}]}`
  expect((await system.postAsServer(body('1e999'))).status).toBe(400)
  expect((await system.postAsServer(body('-1e999'))).status).toBe(400)
  expect((await system.post(body('1e999'))).json).toMatchObject({
    accepted: 1,
    warnings: [{ event: 0, path: 'properties.value' }],
  })
})

it('all problems are reported at once', async () => {
  const body = requestWith({ event: '', properties: { value: 'x' }, customer: 1 })
  expect((await refused(system.postAsServer, body)).sort()).toEqual([
    'events[0].customer',
    'events[0].event',
    'events[0].properties.value',
  ])
})

it("a server's request with one invalid event stores none of the others", async () => {
  const good = { event: 'Purchase', event_id: newId() }
  await refused(system.postAsServer, { site: 'shop.example', events: [good, { event: '' }] })
  expect((await system.postAsServer({ site: 'shop.example', events: [good] })).json).toMatchObject({
    accepted: 1,
    duplicates: 0,
  })
})

it('a server may choose that invalid fields and events are left out', async () => {
  const good = { event: 'Purchase', event_id: newId(), Event: 1 }
  const body = { site: 'shop.example', events: [{ event: '' }, good], on_invalid: 'drop' }
  expect((await system.postAsServer(body)).json).toEqual({
    accepted: 1,
    duplicates: 0,
    skipped: [],
    ids: [good.event_id],
    warnings: [
      { event: 0, path: 'event', warning: 'the event was left out: the name is empty' },
      { event: 1, path: 'Event', warning: 'left out: unknown key "Event"' },
    ],
  })
})

it('of a page: the other events of its request are accepted', async () => {
  const good = { event: 'Purchase', event_id: newId() }
  const { json } = await system.post({
    site: 'shop.example',
    events: [null, good, { event: 'a@example.com' }],
  })
  expect(json).toMatchObject({
    accepted: 1,
    ids: [good.event_id],
    warnings: [
      { event: 0, path: '' },
      { event: 2, path: 'event' },
    ],
  })
})

it('an answer lists 50 warnings and counts the others', async () => {
  const over = { event_id: newId(), ...keys(60) }
  const { warnings, warnings_omitted } = (await system.post(requestWith(over))).json as WireAnswer
  expect(warnings).toHaveLength(50)
  expect(warnings_omitted).toBe(10)
})

it('an unreadable privacy signal protects the visitor', async () => {
  const deliver = async (privacy: object) => {
    const body = { ...requestWith({ user: { country: 'DE' }, privacy }), on_invalid: 'drop' }
    expect((await system.postAsServer(body)).json).toMatchObject({ accepted: 1 })
    return system.tiktok.event(body.events[0]?.event_id as string)
  }
  expect((await deliver({ opt_out: false })).limited_data_use).toBe(false)
  expect((await deliver({ opt_out: 'no' })).limited_data_use).toBe(true)
  expect((await deliver({ gpp_sid: 'x' })).limited_data_use).toBe(false)
})

it('an invalid request of an unknown site is refused like any other', async () => {
  expect((await system.post({ site: 'nobody.example', events: [] })).status).toBe(400)
})

it.each(['__proto__', 'constructor', 'prototype'])(
  '%s pollutes no prototype, in any place of a request',
  async (key) => {
    const evil = `{"${key}":{"polluted":"yes","isAdmin":true}}`
    for (const body of [
      `{"site":"shop.example","events":[{"event":"Purchase"}],"${key}":{"polluted":"yes"}}`,
      `{"site":"shop.example","events":[{"event":"Purchase","${key}":{"polluted":"yes"}}]}`,
      `{"site":"shop.example","events":[{"event":"Purchase","user":${evil}}]}`,
      `{"site":"shop.example","events":[{"event":"Purchase","properties":${evil}}]}`,
      `{"site":"shop.example","events":[{"event":"Purchase","properties":{"contents":[${evil}]}}]}`,
      `{"site":"shop.example","events":[{"event":"Purchase","properties":{"a":{"b":${evil}}}}]}`,
    ]) {
      expect([202, 400]).toContain((await system.post(body)).status)
    }
    const event = await system.delivered({ properties: { value: 1 } })
    expect(JSON.stringify(system.tiktok.requests)).not.toContain('polluted')
    expect(event.properties).toEqual({ value: 1 })
  },
)

describe('accepted at the limits', () => {
  it.each([
    ['100 events', events(100)],
    ['a name of 100 characters', requestWith({ event: 'x'.repeat(100) })],
    ['100 properties', requestWith({ properties: keys(100) })],
    [
      '100 contents',
      requestWith({ properties: { contents: many(100, (at) => ({ content_id: `sku-${at}` })) } }),
    ],
    ['unknown properties', requestWith({ properties: { anything: { goes: ['here', 1, true] } } })],
    ['malformed privacy strings', requestWith({ privacy: { usp: '2YYN!', gpp: '~~~%%%', gpp_sid: [] } })],
    [
      'empty user, page, properties and privacy',
      requestWith({ user: {}, page: {}, properties: {}, privacy: {} }),
    ],
  ])('%s', async (_, body) => {
    const { status, json } = await system.post(body)
    expect(status).toBe(202)
    expect(json).toMatchObject({ accepted: body.events.length })
  })
})
