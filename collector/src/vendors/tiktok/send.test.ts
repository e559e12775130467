/** Tests the sender against real servers: the request, and each way in which none, half or all of an answer comes. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { type AddressInfo, createServer as createTcpServer, type Socket } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { createSender, requestBody, type Sender } from './send.js'
import type { TikTokEvent } from './types.js'

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
  const body = requestBody([JSON.stringify(event)], credentials)
  const send = (sender: Sender, stop?: AbortSignal) => sender.send(credentials.accessToken, body, stop)

  /** For a server that never answers; a slow machine meets the others. */
  const shortLimits = { connectMs: 200, progressMs: 300, totalMs: 900 }

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

  /** A server that speaks no HTTP. */
  async function listenTcp(handle: (socket: Socket) => void): Promise<{ port: number }> {
    const server = createTcpServer((socket) => {
      socket.on('error', () => {})
      closers.push(() => socket.destroy())
      handle(socket)
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    closers.push(() => void server.close())
    return { port: (server.address() as AddressInfo).port }
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
    expect(await send(sender)).toEqual({
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
    expect((await send(sender)).kind).toBe('refused')
    expect(requests).toBe(1)
  })

  it('reports not_sent when no server listens', async () => {
    expect((await send(senderTo(1))).kind).toBe('not_sent')
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
    expect((await send(sender)).kind).toBe('not_sent')
    expect(await send(sender)).toEqual({ kind: 'not_sent', message: 'no connection within 0.2 s' })
    expect(connections).toBe(2)
  })

  it('reports ambiguous, without an answer, when the connection breaks', async () => {
    const breaks = await serve((request) => request.socket.destroy())
    expect(await send(breaks)).toEqual({
      kind: 'ambiguous',
      message: 'other side closed',
      isUnanswered: true,
    })
  })

  it('does not end a request within the time that a slow upload of its body may take', async () => {
    const { port } = await listenTcp(() => {})
    const sender = senderTo(port, { connectMs: 200, progressMs: 200, totalMs: 60_000 })
    const startedAt = performance.now()
    const outcome = await sender.send('token', 'x'.repeat(64_000))
    expect(outcome).toMatchObject({ kind: 'ambiguous', message: 'no progress for 2.2 s' })
    expect(performance.now() - startedAt).toBeGreaterThan(2_150)
  })

  it('ends a request whose response never comes, for want of progress', async () => {
    const hangs = await serve(() => {}, shortLimits)
    const startedAt = performance.now()
    expect(await send(hangs)).toEqual({
      kind: 'ambiguous',
      message: 'no progress for 0.3 s',
      isUnanswered: true,
    })
    expect(performance.now() - startedAt).toBeLessThan(shortLimits.totalMs)
  })

  it('ends a response that never ends after the time for the whole exchange', async () => {
    const drips = await serve((_request, response) => {
      const timer = setInterval(() => response.write(' '), 50)
      response.on('close', () => clearInterval(timer))
    }, shortLimits)
    expect(await send(drips)).toEqual({
      kind: 'ambiguous',
      message: 'no answer within 0.9 s',
      isUnanswered: true,
    })
  })

  it('ends a response that stops in the middle, for want of progress', async () => {
    const stops = await serve((_request, response) => void response.write('{"code":'), shortLimits)
    expect(await send(stops)).toMatchObject({ message: 'no progress for 0.3 s' })
  })

  it('ends an upload that the receiver does not read', async () => {
    const { port } = await listenTcp((socket) => socket.pause())
    const sender = senderTo(port, { connectMs: 200, progressMs: 300, totalMs: 60_000 })
    const outcome = await sender.send('token', 'x'.repeat(30_000_000))
    expect(outcome).toEqual({ kind: 'ambiguous', message: 'no progress for 0.3 s', isUnanswered: true })
  })

  it('does not end a slow upload as long as bytes are written', async () => {
    // More than the buffers of the system hold, read in parts over three times as long as no progress may last.
    const bytes = 24_000_000
    const { port } = await listenTcp((socket) => {
      let read = 0
      socket.on('data', (chunk: Buffer) => {
        read += chunk.length
        if (read > bytes) return void socket.end(`HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n{"code":0}`)
        socket.pause()
        setTimeout(() => socket.resume(), (chunk.length / bytes) * 1_500)
      })
    })
    const sender = senderTo(port, { connectMs: 200, progressMs: 500, totalMs: 60_000 })
    const startedAt = performance.now()
    expect(await sender.send('token', 'x'.repeat(bytes))).toEqual({ kind: 'delivered', code: 0 })
    expect(performance.now() - startedAt).toBeGreaterThan(1_000)
  })

  it('says so when the collector stops', async () => {
    const hangs = await serve(() => {})
    const stop = new AbortController()
    const outcome = send(hangs, stop.signal)
    setTimeout(() => stop.abort(), 100)
    expect(await outcome).toMatchObject({ kind: 'ambiguous', message: 'the collector stopped' })
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
    const outcome = await send(senderTo((server.address() as AddressInfo).port))
    expect(outcome).toEqual({ kind: 'ambiguous', message: 'HTTP 200 without a TikTok code' })
    expect(process.memoryUsage().rss - before).toBeLessThan(50_000_000)
  })
})
