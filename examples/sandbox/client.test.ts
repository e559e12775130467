/** Uses the client against a stand-in: events, waits, clearing, simulated answers, and error messages. */
import { createServer } from 'node:http'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { createStandIn } from '../stand-in/stand-in.js'
import { connectSandbox, expectConversion, type Sandbox } from './client.js'

const TOKEN = 'token-1'
const [PIXEL, OTHER] = ['CHRTV0567FRME7OQ5DI0', 'D2QE402IJJSDR907MLO0']
const standIn = createStandIn()
let mine: Sandbox
let theirs: Sandbox
let origin = ''
beforeAll(async () => {
  origin = await standIn.listen()
  mine = connectSandbox({ url: `${origin}/`, pixel: PIXEL })
  theirs = connectSandbox({ url: origin, pixel: OTHER })
  await mine.allow(TOKEN, PIXEL, OTHER)
})
beforeEach(async () => {
  for (const sandbox of [mine, theirs]) {
    await sandbox.clear()
    await sandbox.answers()
    await sandbox.settings({ strict: false, clockOffsetMs: 0 })
  }
})
afterAll(() => standIn.close())

const event = {
  event: 'Purchase',
  event_time: 1790000000,
  event_id: 'a',
  limited_data_use: false,
  user: { ttclid: 'E.C.P.abc', ip: '203.0.113.7', user_agent: 'Mozilla/5.0' },
  page: { url: 'https://shop.example:8443/thanks' },
  properties: { value: 48, currency: 'USD', order_id: '7' },
}
const send = async (pixel: string, change: object = {}) => {
  const response = await fetch(`${origin}/open_api/v1.3/event/track/`, {
    method: 'POST',
    headers: { 'Access-Token': TOKEN, 'Content-Type': 'application/json' },
    body: JSON.stringify({ event_source: 'web', event_source_id: pixel, data: [{ ...event, ...change }] }),
  })
  return ((await response.json()) as { code: number }).code
}

test('two parallel suites read, clear and control only their own pixel', async () => {
  await mine.answers({ kind: 'code', code: 40100, next: 1 })
  await theirs.settings({ strict: true })
  const plain = { user: { email: 'jane@example.com' } }
  expect(await Promise.all([send(PIXEL, plain), send(OTHER, plain)])).toEqual([40100, 40062])
  expect(await Promise.all([send(PIXEL), send(OTHER)])).toEqual([0, 0])
  expect((await mine.events()).map(({ pixel }) => pixel)).toEqual([PIXEL, PIXEL])
  expect(await mine.clear()).toBe(2)
  expect(await mine.events()).toEqual([])
  expect(await theirs.events()).toHaveLength(2)
})

test('events are found by a filter and by expected fields', async () => {
  await send(PIXEL)
  await send(PIXEL, { event: 'Lead', event_id: 'b' })
  expect(await mine.events('event:Lead')).toMatchObject([{ eventId: 'b' }])
  expect(
    await mine.events({ value: 48, keys: ['click', 'ipUa'], properties: { order_id: '7' } }),
  ).toHaveLength(2)
  expect(await mine.events({ keys: ['mail'] })).toEqual([])
  expect(await mine.clear('event:Lead')).toBe(1)
  expect(await mine.events()).toMatchObject([{ eventId: 'a' }])
})

test('a wait ends with the matching event and ignores others', async () => {
  const waiting = mine.waitFor({ event: 'Purchase', value: 50 }, { timeoutMs: 30_000 })
  await send(PIXEL)
  await send(OTHER, { event_id: 'c', properties: { value: 50 } })
  await send(PIXEL, { event_id: 'b', properties: { value: 50, currency: 'USD' } })
  expect(await waiting).toMatchObject([{ eventId: 'b' }])
})

test('a failed wait lists the events that arrived instead', async () => {
  await send(PIXEL)
  await expect(mine.waitFor({ event: 'Purchase', value: 50 }, { timeoutMs: 10 })).rejects.toThrow(
    'Purchase a (accepted): value is 48, not 50',
  )
  await mine.clear()
  await expect(mine.waitFor('event:Lead', { timeoutMs: 10 })).rejects.toThrow(
    `Nothing arrived. Does the collector send here (TAGFERRY_TIKTOK_URL=${origin})`,
  )
  await send(OTHER)
  await expect(mine.waitFor('event:Lead', { timeoutMs: 10 })).rejects.toThrow(
    `Nothing arrived for the pixel ${PIXEL}; for others 1 did.`,
  )
})

test('a failed wait gives the reasons why an event was not accepted', async () => {
  await send(PIXEL, { event_id: 12 })
  await mine.answers({ kind: 'code', code: 40105 })
  await send(PIXEL, { event_id: 'late' })
  const message = await mine.waitFor({ verdict: 'accepted' }, { timeoutMs: 10 }).catch(String)
  expect(message).toContain(
    'Purchase late (rejected): verdict is "rejected", not "accepted"; ordered: code 40105',
  )
  expect(message).toContain('TT-E01 data[0].event_id: expected event_id must be a string, got 12')
})

test('the clock can be moved for one pixel', async () => {
  await send(PIXEL)
  await mine.settings({ clockOffsetMs: 48 * 3_600_000 })
  await send(PIXEL)
  expect(await mine.events('duplicate:yes')).toEqual([])
  await send(PIXEL)
  expect(await mine.events('duplicate:yes')).toHaveLength(1)
})

test('expectConversion expects the host of the page and no warnings', async () => {
  const page = { url: () => 'https://shop.example:8443/thanks?order=7' }
  await send(PIXEL)
  const expected = { event: 'Purchase', value: 48, currency: 'USD', limitedDataUse: false }
  const options = { sandbox: mine, timeoutMs: 10 }
  expect(await expectConversion(page, expected, options)).toMatchObject({ eventId: 'a' })
  const elsewhere = { url: () => 'https://www.example/' }
  await expect(expectConversion(elsewhere, expected, options)).rejects.toThrow(
    'host is "shop.example:8443", not "www.example"',
  )
  expect(await expectConversion(elsewhere, { ...expected, host: null }, options)).toMatchObject({
    eventId: 'a',
  })
  await mine.clear()
  await send(PIXEL, { limited_data_use: undefined })
  await expect(expectConversion(page, { event: 'Purchase' }, options)).rejects.toThrow(
    'verdict is "warned", not "accepted"',
  )
})

test('without a sandbox the error tells how to start one', async () => {
  const probe = createServer()
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve))
  const { port } = probe.address() as { port: number }
  await new Promise((resolve) => probe.close(resolve))
  const url = `http://127.0.0.1:${port}`
  await expect(connectSandbox({ url }).events()).rejects.toThrow(
    `No sandbox at ${url}. Start it with npm run sandbox`,
  )
})

test('a server that does not answer fails after the request timeout', async () => {
  const silent = createServer(() => {})
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve))
  const { port } = silent.address() as { port: number }
  const url = `http://127.0.0.1:${port}`
  await expect(connectSandbox({ url }).waitFor('event:Lead', { timeoutMs: 10 })).rejects.toThrow(
    `No sandbox at ${url} that answers within 10 s`,
  )
  silent.closeAllConnections()
  await new Promise((resolve) => silent.close(resolve))
}, 60_000)

test('an invalid answer is rejected with 400', async () => {
  await expect(mine.answers({ kind: 'http', status: 99 })).rejects.toThrow('400')
})
