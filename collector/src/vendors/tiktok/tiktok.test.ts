import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { type AddressInfo, createServer as createTcpServer } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { examples } from '../../../../tests/support/tiktok-examples.js'
import { classOfCode } from './codes.js'
import { tiktok } from './kind.js'
import { map } from './map.js'
import { classifyResponse, createSender } from './send.js'
import type { TikTokEvent } from './types.js'

describe('map', () => {
  it.each(examples.map((example) => [example.title, example] as const))('%s', (_title, example) => {
    expect(map(example.in)).toEqual(example.out)
  })
})

describe('return codes', () => {
  const table: Record<string, number[]> = {
    delivered: [0, 40050],
    refused: [20001, 40000, 40002, 40061, 40062, 40999, 49999],
    throttled: [40016, 40100, 40132, 51021, 61000],
    credentials_refused: [
      40001, 40003, 40006, 40007, 40051, 40063, 40103, 40104, 40105, 40106, 40107, 40110, 40113, 40117, 40118,
      40130, 40300, 40301, 40400, 41000,
    ],
    ambiguous: [
      40101, 40102, 40200, 40201, 40202, 40700, 50000, 50002, 51000, 51010, 51012, 51305, 52001, 53001, 60001,
      59999, 69999, 7, -1,
    ],
  }
  const cases = Object.entries(table).flatMap(([kind, codes]) => codes.map((code) => [code, kind] as const))
  it.each(cases)('%i under HTTP 200 is %s', (code, kind) => {
    const body = JSON.stringify({ code, message: 'text', request_id: 'r1', data: {} })
    expect(classifyResponse(200, {}, body, 0)).toEqual({ kind, code, message: 'text', requestId: 'r1' })
  })

  it('an unknown code is never a success', () => {
    for (let code = 1; code < 100_000; code += 7) {
      if (code !== 40050) expect(classOfCode(code)).not.toBe('ok')
    }
  })
})

describe('responses without a code', () => {
  it.each([
    [200, '<html>hello</html>', 'ambiguous'],
    [200, '', 'ambiguous'],
    [200, 'null', 'ambiguous'],
    [200, '[]', 'ambiguous'],
    [200, '{"code": 0', 'ambiguous'],
    [200, '{"code": "0"}', 'ambiguous'],
    [204, '', 'ambiguous'],
    [502, '<html>Bad Gateway</html>', 'ambiguous'],
    [500, '{"code": 0}', 'ambiguous'],
    [408, '', 'ambiguous'],
    [429, '', 'throttled'],
    [401, '', 'credentials_refused'],
    [403, '', 'credentials_refused'],
    [301, '', 'refused'],
    [302, '{"code": 0}', 'refused'],
    [400, '', 'refused'],
    [413, '', 'refused'],
  ])('HTTP %i with %j is %s', (status, text, kind) => {
    expect(classifyResponse(status, {}, text, 0).kind).toBe(kind)
  })

  it.each([
    ['5', 5_000],
    ['Thu, 01 Jan 1970 00:00:09 GMT', 9_000],
    ['1e9', 1e12],
    ['-1', undefined],
    ['Wed, 31 Dec 1969 23:59:00 GMT', undefined],
    ['soon', undefined],
    ['', undefined],
  ])('Retry-After %j is %s ms', (header, expected) => {
    expect(classifyResponse(429, { 'retry-after': header }, '', 0)).toMatchObject(
      expected ? { retryAfterMs: expected } : {},
    )
    expect('retryAfterMs' in classifyResponse(429, { 'retry-after': header }, '', 0)).toBe(
      expected !== undefined,
    )
  })
})

describe('the sender', () => {
  const closers: (() => Promise<unknown> | unknown)[] = []
  afterEach(async () => {
    for (const close of closers.splice(0)) await close()
  })
  const credentials = {
    pixelCode: 'CHRTV0567FRME7OQ5DI0',
    accessToken: 'not-a-real-token',
    testEventCode: 'TEST1',
  }
  const event: TikTokEvent = {
    event: 'Purchase',
    event_id: '1',
    event_time: 1,
    limited_data_use: true,
    user: {},
  }

  /** For a server that never answers; a slow machine meets the others. */
  const shortLimits = { connectMs: 200, totalMs: 300 }

  async function serve(
    answer: (request: IncomingMessage, response: ServerResponse, body: string) => void,
    limits?: typeof shortLimits,
  ) {
    const server = createServer((request, response) => {
      const chunks: Buffer[] = []
      request.on('data', (chunk) => chunks.push(chunk))
      request.on('end', () => answer(request, response, Buffer.concat(chunks).toString()))
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    closers.push(() => new Promise((resolve) => server.close(resolve).closeAllConnections()))
    return senderTo((server.address() as AddressInfo).port, limits)
  }
  function senderTo(port: number, limits?: typeof shortLimits) {
    const sender = createSender(`http://127.0.0.1:${port}`, () => 0, limits)
    closers.unshift(() => sender.close())
    return sender
  }

  it('posts the documented request', async () => {
    let received: object = {}
    const sender = await serve((request, response, body) => {
      const { method, url, headers } = request
      received = {
        method,
        url,
        token: headers['access-token'],
        type: headers['content-type'],
        coding: headers['accept-encoding'],
        body: JSON.parse(body),
      }
      response.end('{"code":0,"message":"OK","request_id":"r"}')
    })
    expect(await sender.send(credentials, [event])).toEqual({
      kind: 'delivered',
      code: 0,
      message: 'OK',
      requestId: 'r',
    })
    expect(received).toEqual({
      method: 'POST',
      url: '/open_api/v1.3/event/track/',
      token: 'not-a-real-token',
      type: 'application/json',
      coding: 'identity',
      body: {
        event_source: 'web',
        event_source_id: 'CHRTV0567FRME7OQ5DI0',
        test_event_code: 'TEST1',
        data: [event],
      },
    })
  })

  it('follows no redirect', async () => {
    let requests = 0
    const sender = await serve((_request, response) => {
      requests++
      response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end()
    })
    expect((await sender.send(credentials, [event])).kind).toBe('refused')
    expect(requests).toBe(1)
  })

  it('reports not_sent when no server listens', async () => {
    expect((await senderTo(1).send(credentials, [event])).kind).toBe('not_sent')
  })

  it('reports not_sent when the TLS handshake fails or never ends', async () => {
    let connections = 0
    const server = createTcpServer((socket) => {
      connections++
      socket.on('error', () => {})
      const isReset = connections === 1
      socket.on('data', () => isReset && socket.resetAndDestroy())
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    const sender = createSender(`https://127.0.0.1:${port}`, () => 0, shortLimits)
    closers.push(() => new Promise((resolve) => server.close(resolve)))
    closers.unshift(() => sender.close())
    for (let attempt = 0; attempt < 2; attempt++)
      expect((await sender.send(credentials, [event])).kind).toBe('not_sent')
    expect(connections).toBe(2)
  })

  it('reports ambiguous when the connection breaks, the response never comes or never ends', async () => {
    const breaks = await serve((request) => request.socket.destroy())
    const hangs = await serve(() => {}, shortLimits)
    const drips = await serve((_request, response) => {
      const timer = setInterval(() => response.write(' '), 50)
      response.on('close', () => clearInterval(timer))
    }, shortLimits)
    for (const sender of [breaks, hangs, drips])
      expect((await sender.send(credentials, [event])).kind).toBe('ambiguous')
  })

  it('stops reading an endless response', async () => {
    const server = createTcpServer((socket) => {
      socket.on('error', () => {})
      socket.write('HTTP/1.1 200 OK\r\ncontent-type: text/html\r\n\r\n')
      const write = () => {
        while (!socket.destroyed && socket.write('x'.repeat(65_536)));
      }
      socket.on('drain', write)
      write()
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    closers.push(() => new Promise((resolve) => server.close(resolve)))
    const before = process.memoryUsage().rss
    const outcome = await senderTo((server.address() as AddressInfo).port).send(credentials, [event])
    expect(outcome).toEqual({ kind: 'ambiguous', message: 'HTTP 200 without a TikTok code' })
    expect(process.memoryUsage().rss - before).toBeLessThan(50_000_000)
  })
})

describe('credentials', () => {
  it.each([
    [' chrtv0567frme7oq5di0 ', 'CHRTV0567FRME7OQ5DI0'],
    ['D2QE402IJJSDR907MLO0', 'D2QE402IJJSDR907MLO0'],
    ['B2QE402IJJSDR907MLO0', undefined],
    ['C123', undefined],
    ['Pixel: CHRTV0567FRME7OQ5DI0', undefined],
  ])('Pixel Code %j is %s', (code, expected) => {
    const read = tiktok.credentials.pixelCode as unknown as { safeParse(value: string): { data?: unknown } }
    expect(read.safeParse(code).data).toBe(expected)
  })

  it.each([
    ['https://business-api.tiktok.com', true],
    ['http://127.0.0.1:8081', true],
    ['http://localhost:8081', true],
    ['http://[::1]:8081', true],
    ['http://business-api.tiktok.com', false],
    ['http://127.0.0.1.evil.example', false],
    ['https://user:pass@business-api.tiktok.com', false],
    ['https://business-api.tiktok.com/other/path', false],
    ['ftp://127.0.0.1', false],
    ['nonsense', false],
  ])('the API at %s: %s', (url, allowed) => {
    const read = tiktok.settings.tiktokUrl as unknown as { safeParse(value: string): { success: boolean } }
    expect(read.safeParse(url).success).toBe(allowed)
  })
})
