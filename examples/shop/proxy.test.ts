/** Knows what the collector sees of a request through the shop, and what comes back. */
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createShop, type Shop } from './shop.js'
import { visitorOf } from './visitor.js'

const seen: { request?: IncomingMessage; body?: string } = {}
const collector = createServer(async (request, response) => {
  Object.assign(seen, { request, body: Buffer.concat(await request.toArray()).toString() })
  response.writeHead(202, { 'Set-Cookie': ['a=1; Path=/', 'b=2'], 'X-Answer': 'yes' })
  response.end('{"accepted":1}')
})
let shop: Shop
let origin = ''
beforeAll(async () => {
  await new Promise<void>((resolve) => collector.listen(0, '127.0.0.1', resolve))
  const { port } = collector.address() as AddressInfo
  shop = createShop({
    collectorOrigin: `http://127.0.0.1:${port}`,
    inspectorUrl: 'http://127.0.0.1:9/inspector',
  })
  origin = `http://127.0.0.1:${await shop.listen()}`
})
afterAll(async () => {
  await shop.close()
  collector.closeAllConnections()
  await new Promise((resolve) => collector.close(resolve))
})

test('method, path, body, cookies and Host pass unchanged; Set-Cookie comes back', async () => {
  const response = await fetch(`${origin}/t/e?x=1`, {
    method: 'POST',
    headers: { cookie: 'tagferry_ttclid=E.C.P.abc~1', 'content-type': 'text/plain' },
    body: '{"site":"example.localhost"}',
  })
  expect(response.status).toBe(202)
  expect(await response.text()).toBe('{"accepted":1}')
  expect(response.headers.getSetCookie()).toEqual(['a=1; Path=/', 'b=2'])
  expect(response.headers.get('x-answer')).toBe('yes')
  expect(seen.request).toMatchObject({ method: 'POST', url: '/e?x=1' })
  expect(seen.body).toBe('{"site":"example.localhost"}')
  expect(seen.request?.headers).toMatchObject({
    host: origin.slice('http://'.length),
    cookie: 'tagferry_ttclid=E.C.P.abc~1',
    'content-type': 'text/plain',
  })
})

test('the visitor has a public address, whatever the request claims', async () => {
  await fetch(`${origin}/t/t.js`, { headers: { 'x-forwarded-for': '10.0.0.1' } })
  expect(seen.request?.headers['x-forwarded-for']).toBe('203.0.113.7')
})

test('the cookie visitor chooses another one', async () => {
  await fetch(`${origin}/t/t.js`, { headers: { cookie: 'visitor=198.51.100.9' } })
  expect(seen.request?.headers['x-forwarded-for']).toBe('198.51.100.9')
})

test.each([
  ['visitor=2001%3Adb8%3A%3A1', '2001:db8::1'],
  ['visitor=%', '203.0.113.7'],
  ['visitor=me', '203.0.113.7'],
  [undefined, '203.0.113.7'],
])('cookie %j means the visitor %s', (cookies, address) => {
  expect(visitorOf(cookies, '203.0.113.7')).toBe(address)
})

test('without a collector the shop answers 502 and stays', async () => {
  const alone = createShop({ collectorOrigin: 'http://127.0.0.1:9', inspectorUrl: 'http://127.0.0.1:9' })
  const port = await alone.listen()
  expect((await fetch(`http://127.0.0.1:${port}/t/t.js`)).status).toBe(502)
  expect((await fetch(`http://127.0.0.1:${port}/static/icon.svg`)).status).toBe(200)
  await alone.close()
})

test('a visitor may be from a place by name, and have Global Privacy Control', async () => {
  await fetch(`${origin}/t/t.js`, { headers: { cookie: 'visitor=US-CA; visitor_gpc=1' } })
  expect(seen.request?.headers).toMatchObject({ 'x-forwarded-for': '128.32.1.1', 'sec-gpc': '1' })
  await fetch(`${origin}/t/t.js`, { headers: { cookie: 'visitor=US-ZZ; visitor_gpc=0' } })
  expect(seen.request?.headers['x-forwarded-for']).toBe('203.0.113.7')
  expect(seen.request?.headers['sec-gpc']).toBeUndefined()
})
