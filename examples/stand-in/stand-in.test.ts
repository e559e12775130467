/** Calls the stand-in over HTTP: refusals as HTTP 200, counts, invalid input, headers of the page. */
import { gzipSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { createStandIn, type StandIn } from './stand-in.js'

const TOKEN = '0123456789'.repeat(4)
const PIXEL = 'CHRTV0567FRME7OQ5DI0'
const OTHER = 'D2QE402IJJSDR907MLO0'
const TRACK = '/open_api/v1.3/event/track/'

const event = {
  event: 'Purchase',
  event_time: 1790000000,
  event_id: 'Purchase.1001',
  limited_data_use: false,
  user: { ttclid: 'E.C.P.abc' },
  page: { url: 'https://shop.example/thanks' },
  properties: { value: 49.9, currency: 'USD' },
}
const root = { event_source: 'web', event_source_id: PIXEL, data: [event] }

let standIn: StandIn
let origin: string
beforeEach(async () => {
  standIn = createStandIn({ tokens: { [TOKEN]: [PIXEL, OTHER] }, limit: 50 })
  origin = await standIn.listen()
})
afterEach(() => standIn.close())

const headers = { 'Access-Token': TOKEN, 'Content-Type': 'application/json' }
const send = (body: object, change: Record<string, string> = {}) =>
  fetch(origin + TRACK, { method: 'POST', headers: { ...headers, ...change }, body: JSON.stringify(body) })
const sendJson = async (body: object): Promise<unknown> => (await send(body)).json()

describe('the endpoint', () => {
  test('answers with TikTok’s envelope', async () => {
    const response = await send(root)
    expect(response.status).toBe(200)
    const id = expect.stringMatching(/^\d{14}[0-9A-F]+$/)
    expect(await response.json()).toEqual({ code: 0, message: 'OK', request_id: id, data: {} })
  })

  test('refuses with HTTP 200 and counts nothing', async () => {
    const response = await send({ ...root, data: [event, { ...event, event_time: '1' }] })
    expect(response.status).toBe(200)
    expect(await response.json()).toMatchObject({
      code: 40002,
      message: expect.stringContaining('data.1.event_time'),
    })
    expect(standIn.received.counts()).toMatchObject({ taken: 0, rejected: 2 })
    expect(await sendJson(root)).toMatchObject({ code: 0 })
    expect(standIn.received.all()[0]).toMatchObject({ duplicate: false })
  })

  test.each([
    ['GET', TRACK],
    ['PUT', TRACK],
    ['POST', '/open_api/v1.3/event/track'],
    ['POST', '/open_api/v1.3/Event/Track/'],
    ['POST', '/open_api/v1.3/pixel/track/'],
    ['POST', '/'],
  ])('%s %s is 404', async (method, path) => {
    const body = method === 'POST' ? JSON.stringify(root) : null
    expect((await fetch(origin + path, { method, headers, body })).status).toBe(404)
    expect(standIn.received.counts().requests).toBe(0)
  })

  test('reads a gzipped body, and refuses a broken one like invalid JSON', async () => {
    const post = async (body: Uint8Array<ArrayBuffer>) =>
      (
        await fetch(origin + TRACK, {
          method: 'POST',
          headers: { ...headers, 'Content-Encoding': 'gzip' },
          body,
        })
      ).json()
    expect(await post(new Uint8Array(gzipSync(JSON.stringify(root))))).toMatchObject({ code: 0 })
    expect(await post(new Uint8Array([1, 2, 3]))).toMatchObject({ code: 40002 })
  })

  test('tokens can be changed at run time', async () => {
    standIn.tokens.revoke(TOKEN)
    expect(await sendJson(root)).toMatchObject({ code: 40105 })
    standIn.tokens.allow(TOKEN, [OTHER])
    expect(await sendJson(root)).toMatchObject({ code: 40001 })
    const setPixels = (pixels: string[]) =>
      fetch(`${origin}/inspector/api/tokens`, {
        method: 'PUT',
        headers,
        body: JSON.stringify({ token: TOKEN, pixels }),
      })
    await setPixels([PIXEL])
    expect(await sendJson(root)).toMatchObject({ code: 0 })
    await setPixels([])
    expect(await sendJson(root)).toMatchObject({ code: 40105 })
  })

  test('a repeat is answered 0, listed and not counted', async () => {
    await sendJson(root)
    expect(await sendJson(root)).toMatchObject({ code: 0 })
    await sendJson({ ...root, event_source_id: OTHER })
    expect(standIn.received.counts(PIXEL)).toEqual({
      requests: 2,
      taken: 2,
      counted: 1,
      duplicates: 1,
      merged: 0,
      tests: 0,
      rejected: 0,
    })
    const [, repeat, first] = standIn.received.all()
    expect(repeat).toMatchObject({ duplicate: true, duplicateOf: first?.id })
  })

  test('an order under a new event id is a warning', async () => {
    const order = { ...event, properties: { ...event.properties, order_id: '7' } }
    await sendJson({ ...root, data: [order] })
    await sendJson({ ...root, data: [{ ...order, event_id: 'random' }] })
    expect(standIn.received.all()[0]?.findings).toMatchObject([{ rule: 'TT-W19' }])
  })

  test.each([
    ['nothing', ''],
    ['null', 'null'],
    ['a prototype', '{"__proto__":{"event_source":"web"},"constructor":1}'],
    ['a lone surrogate', '{"event_source":"\\ud800"}'],
    ['deeply nested arrays', '['.repeat(100_000)],
    ['wrong types everywhere', '{"event_source":"web","event_source_id":{},"data":{"length":3}}'],
  ])('answers 40002 to %s and keeps running', async (_title, body) => {
    const response = await fetch(origin + TRACK, { method: 'POST', headers, body })
    expect(await response.json()).toMatchObject({ code: 40002 })
    expect(await sendJson(root)).toMatchObject({ code: 0 })
  })

  test('a body above its limit is HTTP 413', async () => {
    const body = `{"x":"${'x'.repeat(9 * 1024 * 1024)}"}`
    expect((await fetch(origin + TRACK, { method: 'POST', headers, body })).status).toBe(413)
  })
})

test('the policy of the page forbids inline scripts and markup from strings', async () => {
  const response = await fetch(`${origin}/inspector`)
  const policy = response.headers.get('content-security-policy')
  expect(policy).toContain("default-src 'none'")
  expect(policy).toContain("require-trusted-types-for 'script'")
  expect(policy).not.toContain('unsafe')
  const html = await response.text()
  expect(html).toContain('Stand-in: nothing leaves this machine')
  for (const [, path] of html.matchAll(/(?:src|href)="(\/inspector\/[^"]+\.(?:js|css|svg))"/g))
    expect((await fetch(origin + path)).status).toBe(200)
})

test('closing ends waits at once', async () => {
  const subscribe = vi.spyOn(standIn.received, 'subscribe')
  const waiting = fetch(`${origin}/inspector/api/wait?timeout=60000`).catch(() => 'cut')
  await vi.waitFor(() => expect(subscribe).toHaveBeenCalled(), 10_000)
  await standIn.close()
  expect(await waiting).toBeDefined()
})
