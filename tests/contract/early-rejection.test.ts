// Tests that a sender gets the answer, not a reset connection, if its body is refused before it has arrived.
import { connect } from 'node:net'
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import { apiKeys, startTestSystem, type TestSystem } from '../support/test-system.js'

const MiB = 1_024 * 1_024

let system: TestSystem
beforeAll(async () => {
  system = await startTestSystem()
})
afterEach(() => system.expectServing())
afterAll(() => system.stop())

interface Refused {
  status: number
  path?: string
  headers?: Record<string, string>
}

const refused: Record<string, Refused> = {
  'too large on /e': { status: 413 },
  'too large on /v1/events': {
    status: 413,
    path: '/v1/events',
    headers: { authorization: `Bearer ${apiKeys[0]?.key}` },
  },
  'too large on /verify': { status: 413, path: '/verify' },
  'too large for a form': {
    status: 413,
    path: '/admin/login',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
  },
  'without an API key': { status: 401, path: '/v1/events' },
  'from a foreign page to the log-in': { status: 403, path: '/admin/login' },
  'to a route that does not exist': { status: 404, path: '/nothing' },
  'of another media type': { status: 415, headers: { 'content-type': 'image/png' } },
}

const headersOf = ({ headers }: Refused) => ({
  'content-type': 'text/plain',
  origin: 'https://shop.example',
  ...headers,
})

/** A body in chunks of 1 MiB, without a length. */
function chunks(count: number): ReadableStream {
  const chunk = new Uint8Array(MiB).fill(0x20)
  let left = count
  return new ReadableStream({
    pull: (out) => (left-- > 0 ? out.enqueue(chunk) : out.close()),
  })
}

const bodies: Record<string, () => Uint8Array<ArrayBuffer> | ReadableStream> = {
  '10 MB': () => new Uint8Array(10 * MiB).fill(0x20),
  '100 MB in chunks': () => chunks(100),
}

const cases = Object.keys(refused).flatMap((name) => Object.keys(bodies).map((size) => [size, name] as const))

it.each(cases)('fetch that posts %s %s reads the answer', async (size, name) => {
  const { status, path = '/e' } = refused[name] as Refused
  const body = bodies[size]?.() ?? null
  const headers = headersOf(refused[name] as Refused)
  const init = { method: 'POST', headers, body, duplex: 'half' } as RequestInit
  const answer = await fetch(system.collector.origin + path, init)
  expect(answer.status).toBe(status)
  await answer.arrayBuffer()
})

interface Exchange {
  /** The answer, read only after everything was written. */
  text: string
  /** Whether the whole body could be written. */
  wrote: boolean
}

/** Writes everything, then reads until the server closes the connection, as simple clients do. */
function writeThenRead(head: string[], body: Buffer): Promise<Exchange> {
  const { hostname, port } = new URL(system.collector.origin)
  return new Promise((resolve) => {
    const exchange = { text: '', wrote: false }
    const socket = connect(Number(port), hostname)
    socket.pause()
    const read = () => {
      socket.on('data', (chunk) => {
        exchange.text += chunk.toString('latin1')
      })
      socket.resume()
    }
    socket.write(`${head.join('\r\n')}\r\n\r\n`)
    socket.write(body, (error) => {
      exchange.wrote = !error
      read()
    })
    socket.on('error', () => {})
    socket.once('close', () => resolve(exchange))
  })
}

const headOf = (name: string, ...lines: string[]) => {
  const request = refused[name] as Refused
  const headers = Object.entries(headersOf(request)).map(([key, value]) => `${key}: ${value}`)
  return [`POST ${request.path ?? '/e'} HTTP/1.1`, 'Host: x', ...headers, 'Connection: close', ...lines]
}

it.each(Object.keys(refused))(
  'a client that writes 10 MB %s before it reads gets the answer',
  async (name) => {
    const { text, wrote } = await writeThenRead(
      headOf(name, `Content-Length: ${10 * MiB}`),
      Buffer.alloc(10 * MiB, ' '),
    )
    expect(wrote).toBe(true)
    expect(text).toContain(`HTTP/1.1 ${refused[name]?.status} `)
  },
)

it('a client that writes 10 MB in chunks before it reads gets the answer', async () => {
  const chunk = `100000\r\n${' '.repeat(MiB)}\r\n`
  const body = Buffer.from(`${chunk.repeat(10)}0\r\n\r\n`)
  const { text, wrote } = await writeThenRead(headOf('too large on /e', 'Transfer-Encoding: chunked'), body)
  expect(wrote).toBe(true)
  expect(text).toContain('HTTP/1.1 413 ')
})

it.each(['too large on /e', 'without an API key'])(
  'at most about 32 MB of a body %s are read',
  async (name) => {
    const length = `Content-Length: ${200 * MiB}`
    const { wrote } = await writeThenRead(headOf(name, length), Buffer.alloc(200 * MiB, ' '))
    expect(wrote).toBe(false)
  },
)

it('a client that keeps sending slowly after the refusal is cut off', async () => {
  const { hostname, port } = new URL(system.collector.origin)
  const socket = connect({ port: Number(port), host: hostname, allowHalfOpen: true })
  let text = ''
  socket.on('data', (chunk) => {
    text += chunk.toString('latin1')
  })
  socket.on('error', () => {})
  const startedAt = Date.now()
  socket.write(`${headOf('too large on /e', `Content-Length: ${10 * MiB}`).join('\r\n')}\r\n\r\n`)
  const drip = setInterval(() => socket.write(' '), 200)
  await new Promise((resolve) => socket.once('close', resolve))
  clearInterval(drip)
  expect(text).toContain('HTTP/1.1 413 ')
  // The collector reads on for 5 s.
  expect(Date.now() - startedAt).toBeGreaterThan(4_000)
})
