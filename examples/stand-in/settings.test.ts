/** Changes strictness and clock of a running stand-in, for one pixel or for all. */
import { afterEach, beforeEach, expect, test } from 'vitest'
import { CODES } from './codes.js'
import { DEDUP_WINDOW_MS, MERGE_WINDOW_MS } from './ledger.js'
import type { ReceivedEvent } from './received-event.js'
import { createStandIn, type StandIn } from './stand-in.js'

const TOKEN = '0123456789'.repeat(4)
const PIXEL = 'CHRTV0567FRME7OQ5DI0'
const OTHER = 'D2QE402IJJSDR907MLO0'

const event = { event: 'Lead', event_time: 1790000000, event_id: 'a', user: { email: 'jane@example.com' } }

let standIn: StandIn
let origin: string
beforeEach(async () => {
  standIn = createStandIn({ tokens: { [TOKEN]: [PIXEL, OTHER] } })
  origin = await standIn.listen()
})
afterEach(() => standIn.close())

const headers = { 'Access-Token': TOKEN, 'Content-Type': 'application/json' }
const send = async (pixel = PIXEL, more: object = {}) => {
  const body = JSON.stringify({ event_source: 'web', event_source_id: pixel, ...more, data: [event] })
  const response = await fetch(`${origin}/open_api/v1.3/event/track/`, { method: 'POST', headers, body })
  return { status: response.status, ...((await response.json()) as { code: number; message: string }) }
}
const sendFromPage = async (pixel = PIXEL) => {
  const { event_time, event_id } = event
  const body = JSON.stringify({
    pixel,
    event: 'Lead',
    event_time,
    event_id,
    page: { url: 'https://a.example/' },
  })
  return (await fetch(`${origin}/pixel/track`, { method: 'POST', body })).status
}
const put = (path: string, body: unknown) =>
  fetch(`${origin}/inspector/api/${path}`, { method: 'PUT', headers, body: JSON.stringify(body) })
const newest = (): ReceivedEvent | undefined => standIn.received.all()[0]

test('strict refuses plain personal data with 40062, for one pixel only', async () => {
  expect(await send()).toMatchObject({ code: 0 })
  expect((await put('settings', { pixel: PIXEL, strict: true })).status).toBe(200)
  expect(await send()).toMatchObject({ status: 200, code: 40062 })
  expect(newest()?.findings).toMatchObject([{ rule: 'TT-E18', where: 'data[0].user.email' }])
  expect(await send(OTHER)).toMatchObject({ code: 0 })
  await put('settings', { pixel: PIXEL, strict: false })
  expect(await send()).toMatchObject({ code: 0 })
})

test('the clock of one pixel can be moved by 48 hours', async () => {
  await send()
  await send(OTHER)
  await put('settings', { pixel: PIXEL, clockOffsetMs: DEDUP_WINDOW_MS })
  await send()
  expect(newest()).toMatchObject({ duplicate: false })
  expect(Date.parse(newest()?.receivedAt ?? '')).toBeGreaterThan(Date.now() + DEDUP_WINDOW_MS - 60_000)
  await send(OTHER)
  expect(newest()).toMatchObject({ duplicate: true, dedup: 'dropped' })
})

test('events of the pixel and of the server are merged, or dropped after the merge window', async () => {
  expect(await sendFromPage()).toBe(204)
  await send()
  expect(newest()).toMatchObject({ channel: 'server', duplicate: true, dedup: 'merged' })
  await sendFromPage(OTHER)
  await put('settings', { clockOffsetMs: MERGE_WINDOW_MS + 60_000 })
  await send(OTHER)
  expect(newest()).toMatchObject({ dedup: 'dropped' })
  expect(standIn.received.counts(PIXEL)).toMatchObject({ counted: 1, duplicates: 1, merged: 1 })
  expect(standIn.received.counts(OTHER)).toMatchObject({ counted: 1, duplicates: 1, merged: 0 })
})

test('test events are not counted, and a live event is not a repeat of them', async () => {
  await send(PIXEL, { test_event_code: 'TEST12345' })
  await send()
  expect(newest()).toMatchObject({ duplicate: false })
  expect(standIn.received.counts()).toMatchObject({ taken: 2, tests: 1, counted: 1, duplicates: 0 })
})

test('every known code can be simulated, and is HTTP 200 with a message', async () => {
  const { codes } = (await (await fetch(`${origin}/inspector/api/codes`)).json()) as {
    codes: { code: number; message: string }[]
  }
  expect(codes.map(({ code }) => code)).toEqual([...CODES.keys()])
  expect(codes.length).toBeGreaterThan(40)
  for (const { code, message } of codes) {
    await put('answers', { pixel: PIXEL, answers: [{ kind: 'code', code, next: 1 }] })
    expect(await send()).toMatchObject({ status: 200, code, message })
  }
  expect(await send()).toMatchObject({ code: 0 })
})

test.each([
  ['no object', []],
  ['an unknown setting', { speed: 1 }],
  ['strict as text', { strict: 'yes' }],
  ['a clock beyond all dates', { clockOffsetMs: 1e15 }],
  ['an empty pixel', { pixel: '', strict: true }],
])('settings with %s are refused', async (_title, body) => {
  expect((await put('settings', body)).status).toBe(400)
  expect(standIn.settings.list()).toEqual([{ pixel: '*', strict: false, clockOffsetMs: 0 }])
})

test.each([
  ['nothing', ''],
  ['no object', '[]'],
  ['no name', `{"pixel":"${PIXEL}"}`],
  ['deeply nested arrays', `{"pixel":"x","event":"y","z":${'['.repeat(99)}${']'.repeat(99)}}`],
])('the pixel refuses %s', async (_title, body) => {
  expect((await fetch(`${origin}/pixel/track`, { method: 'POST', body })).status).toBe(400)
  expect(newest()).toBeUndefined()
})
