/** Proxies requests through the shop to a fake collector, and compares both sides. */
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createShop, type Shop } from './shop.js'
import { visitorOf } from './visitor.js'

const received: { request?: IncomingMessage; body?: string } = {}
const collector = createServer(async (request, response) => {
  Object.assign(received, { request, body: Buffer.concat(await request.toArray()).toString() })
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
  expect(received.request).toMatchObject({ method: 'POST', url: '/e?x=1' })
  expect(received.body).toBe('{"site":"example.localhost"}')
  expect(received.request?.headers).toMatchObject({
    host: origin.slice('http://'.length),
    cookie: 'tagferry_ttclid=E.C.P.abc~1',
    'content-type': 'text/plain',
  })
})

test('the visitor has a public address, even if the request sends X-Forwarded-For', async () => {
  await fetch(`${origin}/t/t.js`, { headers: { 'x-forwarded-for': '10.0.0.1' } })
  expect(received.request?.headers['x-forwarded-for']).toBe('203.0.113.7')
})

test('the cookie visitor sets the address', async () => {
  await fetch(`${origin}/t/t.js`, { headers: { cookie: 'visitor=198.51.100.9' } })
  expect(received.request?.headers['x-forwarded-for']).toBe('198.51.100.9')
})

test.each([
  ['visitor=2001%3Adb8%3A%3A1', '2001:db8::1'],
  ['visitor=%', '203.0.113.7'],
  ['visitor=me', '203.0.113.7'],
  [undefined, '203.0.113.7'],
])('cookie %j sets the visitor %s', (cookies, address) => {
  expect(visitorOf(cookies, '203.0.113.7')).toBe(address)
})

test('without a collector the shop answers 502 and keeps running', async () => {
  const shopWithoutCollector = createShop({
    collectorOrigin: 'http://127.0.0.1:9',
    inspectorUrl: 'http://127.0.0.1:9',
  })
  const port = await shopWithoutCollector.listen()
  expect((await fetch(`http://127.0.0.1:${port}/t/t.js`)).status).toBe(502)
  expect((await fetch(`http://127.0.0.1:${port}/static/icon.svg`)).status).toBe(200)
  await shopWithoutCollector.close()
})

test('a visitor can come from a named place and send Global Privacy Control', async () => {
  await fetch(`${origin}/t/t.js`, { headers: { cookie: 'visitor=US-CA; visitor_gpc=1' } })
  expect(received.request?.headers).toMatchObject({ 'x-forwarded-for': '128.32.1.1', 'sec-gpc': '1' })
  await fetch(`${origin}/t/t.js`, { headers: { cookie: 'visitor=US-ZZ; visitor_gpc=0' } })
  expect(received.request?.headers['x-forwarded-for']).toBe('203.0.113.7')
  expect(received.request?.headers['sec-gpc']).toBeUndefined()
})
