// Tests malformed and abusive HTTP over raw sockets. After each, a valid request must still be served.
import { connect } from 'node:net'
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import { sendRaw } from '../support/http.js'
import { purchase, startTestSystem, type TestSystem } from '../support/test-system.js'
import { sleep } from '../support/wait.js'

let system: TestSystem
beforeAll(async () => {
  system = await startTestSystem()
})
afterEach(() => system.expectServing())
afterAll(() => system.stop())

const origin = () => system.collector.origin
const body = () => JSON.stringify(purchase())
const head = (...lines: string[]) =>
  [
    'POST /e HTTP/1.1',
    'Host: x',
    'Origin: https://shop.example',
    'Content-Type: text/plain',
    ...lines,
    '',
    '',
  ].join('\r\n')
/** The statuses of all answers on the socket. */
const statuses = (text: string) =>
  [...text.matchAll(/HTTP\/1\.1 (\d{3})/g)].map(([, status]) => Number(status))

it.each<[string, () => string]>([
  ['two different lengths', () => head('Content-Length: 5', 'Content-Length: 6') + body()],
  [
    'a length and chunks at once',
    () => `${head('Content-Length: 5', 'Transfer-Encoding: chunked')}0\r\n\r\n`,
  ],
  ['a negative length', () => head('Content-Length: -1') + body()],
  ['a length that is not a number', () => head('Content-Length: 5, 5x') + body()],
  ['a chunk without a size', () => `${head('Transfer-Encoding: chunked')}zz\r\n{}\r\n0\r\n\r\n`],
  ['an unknown transfer coding', () => `${head('Transfer-Encoding: evil')}${body()}`],
  ['bare line feeds', () => head(`Content-Length: ${body().length}`).replaceAll('\r\n', '\n') + body()],
  ['a folded header', () => `${head('X: a\r\n b', 'Content-Length: 2')}{}`],
  ['a header without a name', () => `${head(': x', 'Content-Length: 2')}{}`],
  ['a blank in a header name', () => `${head('Content-Length : 2')}{}`],
  ['U+0000 in a header', () => `${head('X: a\0b', 'Content-Length: 2')}{}`],
  ['not HTTP', () => 'hello\r\n\r\n'],
  ['a TLS handshake', () => '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03'],
  ['HTTP/2 without an upgrade', () => 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
  ['no Host', () => 'GET /livez HTTP/1.1\r\n\r\n'],
])('%s is answered 400, and the connection is closed', async (_, bytes) => {
  const { text, closed } = await sendRaw(origin(), bytes())
  expect(statuses(text)).toEqual([400])
  expect(closed).toBe(true)
})

it('20 kB of headers are answered 431', async () => {
  expect(
    statuses((await sendRaw(origin(), head(`X: ${'x'.repeat(20_000)}`, 'Content-Length: 2'))).text),
  ).toEqual([431])
  const cookie = `Cookie: ${'a=b; '.repeat(4_000)}`
  expect(statuses((await sendRaw(origin(), head(cookie, 'Content-Length: 2'))).text)).toEqual([431])
})

it('a megabyte of headers is refused before it ends', async () => {
  const { text, closed } = await sendRaw(origin(), `GET /livez HTTP/1.1\r\nX: ${'x'.repeat(1_000_000)}`)
  expect(closed).toBe(true)
  // 408 would be the answer to headers that do not end in time.
  expect(statuses(text)).not.toContain(408)
})

it("10 kB of the shop's own cookies are accepted", async () => {
  const text = body()
  const cookie = `Cookie: ${'a=b; '.repeat(2_000)}ttclid=E.C.P.abc`
  const answer = await sendRaw(
    origin(),
    head(cookie, 'Connection: close', `Content-Length: ${text.length}`) + text,
  )
  expect(statuses(answer.text)).toEqual([202])
})

it('2,500 headers are answered', async () => {
  const lines = Array.from({ length: 2_500 }, (_, at) => `a${at}:`)
  const { text } = await sendRaw(origin(), `${head(...lines, 'Connection: close', 'Content-Length: 2')}{}`)
  expect([400, 408, 415, 431]).toContain(statuses(text)[0] ?? 408)
})

it('a body that announces 50 MB is answered 413 before it has arrived', async () => {
  const { text, closed } = await sendRaw(origin(), head('Content-Length: 50000000') + 'x'.repeat(200_000))
  expect(statuses(text)).toEqual([413])
  expect(closed).toBe(true)
})

it('an endless body in chunks is answered 413', async () => {
  const chunk = `10000\r\n${' '.repeat(65_536)}\r\n`
  const { text, closed } = await sendRaw(origin(), head('Transfer-Encoding: chunked') + chunk + chunk)
  expect(statuses(text)).toEqual([413])
  expect(closed).toBe(true)
})

it('a flood of chunk extensions is refused', async () => {
  const { text } = await sendRaw(
    origin(),
    `${head('Transfer-Encoding: chunked')}1;${'x'.repeat(50_000)}\r\na\r\n0\r\n\r\n`,
  )
  expect([400, 413]).toContain(statuses(text)[0])
})

it('an incomplete body stores nothing', async () => {
  const whole = body()
  const { hostname, port } = new URL(origin())
  await new Promise<void>((resolve) => {
    const socket = connect(Number(port), hostname, () => {
      socket.write(head(`Content-Length: ${whole.length}`) + whole.slice(0, -5), () => socket.destroy())
    })
    socket.once('close', () => resolve())
  })
  await sleep(50)
  expect((await system.post(whole)).json).toMatchObject({ accepted: 1, duplicates: 0 })
})

it('two pipelined requests are answered in order', async () => {
  const [first, second] = [body(), '{}']
  const { text } = await sendRaw(
    origin(),
    head(`Content-Length: ${first.length}`) +
      first +
      head('Connection: close', `Content-Length: ${second.length}`) +
      second,
  )
  expect(statuses(text)).toEqual([202, 400])
})

it('after a refusal the connection still serves, and the unread body is not parsed as a request', async () => {
  const smuggled = head('Content-Length: 2').replace('/e', '/livez')
  const refused = head(`Content-Length: ${smuggled.length}`).replace('/e', '/v1/events')
  const whole = body()
  const { text } = await sendRaw(
    origin(),
    refused + smuggled + head('Connection: close', `Content-Length: ${whole.length}`) + whole,
  )
  expect(statuses(text)).toEqual([401, 202])
})

it.each([
  'GET http://evil.com/livez HTTP/1.1',
  'OPTIONS * HTTP/1.1',
  'GET ? HTTP/1.1',
  'CONNECT shop.example:443 HTTP/1.1',
  'GET /livez?%00 HTTP/1.1',
  'GET http://[::1/ HTTP/1.1',
])('%s is not answered 5xx', async (line) => {
  const { text } = await sendRaw(origin(), `${line}\r\nHost: x\r\nConnection: close\r\n\r\n`)
  for (const status of statuses(text)) expect(status).toBeLessThan(500)
})

it('an upgrade to a WebSocket is refused', async () => {
  const upgrade = 'GET /livez HTTP/1.1\r\nHost: x\r\nConnection: upgrade, close\r\nUpgrade: websocket\r\n\r\n'
  expect(statuses((await sendRaw(origin(), upgrade)).text)).not.toContain(101)
})
