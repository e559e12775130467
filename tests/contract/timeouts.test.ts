// Tests the deadlines of the collector: for slow clients, for a TikTok that hangs or answers slowly, and for SIGTERM.
import { connect, type Socket } from 'node:net'
import { afterAll, expect } from 'vitest'
import { each, runConcurrently } from '../support/concurrent-cases.js'
import { sendRaw } from '../support/http.js'
import { acceptsConnections } from '../support/port.js'
import { readStoredEvents, waitUntilSettled } from '../support/stored-events.js'
import { pixels, purchase, startTestSystem, type TestSystem } from '../support/test-system.js'
import { okBody } from '../support/tiktok.js'
import { waitFor } from '../support/wait.js'

const head = 'POST /e HTTP/1.1\r\nHost: x\r\nOrigin: https://shop.example\r\nContent-Type: text/plain\r\n'
/** Makes the server answer "100 Continue" as soon as it has read the headers. */
const expectContinue = 'Expect: 100-continue\r\n'

interface Client {
  socket: Socket
  /** Everything that the server has answered so far. */
  text(): string
}

function connectTo(system: TestSystem): Promise<Client> {
  const { hostname, port } = new URL(system.collector.origin)
  let text = ''
  return new Promise((resolve) => {
    const socket = connect(Number(port), hostname, () => resolve({ socket, text: () => text }))
    socket.on('error', () => {})
    socket.on('data', (chunk) => {
      text += chunk
    })
  })
}

/** Sends the headers of a request and waits until the server has read them. */
async function startRequest(system: TestSystem, contentLength: number): Promise<Client> {
  const client = await connectTo(system)
  client.socket.write(`${head}${expectContinue}Content-Length: ${contentLength}\r\n\r\n`)
  await waitFor('100 Continue', () => client.text().includes('100 Continue'))
  return client
}

const incomplete: Record<string, string> = {
  'a body does not arrive': `${head}Content-Length: 1000\r\n\r\n{`,
  'headers do not end': `${head}X: `,
  'nothing arrives': '',
  'a chunk does not end': `${head}Transfer-Encoding: chunked\r\n\r\n100\r\n{`,
}

let shared: Promise<TestSystem> | undefined
/** One collector for all slow clients. */
const sharedSystem = () => {
  shared ??= startTestSystem()
  return shared
}
afterAll(async () => (await shared)?.stop())

const slowClients = {
  ...each('if %s the connection is cut', Object.keys(incomplete), async (name) => {
    const system = await sharedSystem()
    const { closed, text } = await sendRaw(system.collector.origin, incomplete[name] as string)
    expect(closed).toBe(true)
    expect(text).not.toMatch(/HTTP\/1\.1 5/)
    await system.expectServing()
  }),
  'if a body arrives byte by byte the connection is cut': async () => {
    const { socket } = await connectTo(await sharedSystem())
    socket.write(`${head}Content-Length: 1000\r\n\r\n{`)
    const drip = setInterval(() => socket.write(' '), 500)
    await new Promise((resolve) => socket.once('close', resolve))
    clearInterval(drip)
  },
  'two hundred slow clients do not delay another one': async () => {
    const system = await sharedSystem()
    const clients = await Promise.all(Array.from({ length: 200 }, () => startRequest(system, 1_000)))
    for (const { socket } of clients) socket.write('{')
    await system.expectServing()
    // They were still connected, so the other one has not waited for their end.
    expect(clients.filter(({ socket }) => socket.readyState !== 'open')).toEqual([])
    for (const { socket } of clients) socket.destroy()
  },
}

const hanging = each(
  'if TikTok %s, the request is ended and the same event is sent again',
  ['does not answer', 'answers byte by byte'],
  async (how) => {
    let drip: NodeJS.Timeout | undefined
    let isFirst = true
    const system = await startTestSystem({}, ({ body }, response) => {
      if (body.event_source_id !== pixels['shop.example'] || !isFirst) return void response.end(okBody)
      isFirst = false
      if (how === 'does not answer') return
      response.writeHead(200, { 'content-type': 'application/json' })
      drip = setInterval(() => response.write(' '), 500)
    })
    const body = purchase()
    const eventId = body.events[0]?.event_id as string
    await system.post(body)
    await system.tiktok.event(eventId)
    const other = { ...purchase(), site: 'other.example' }
    await system.post(other, { headers: { origin: 'https://other.example' } })
    await system.tiktok.event(other.events[0]?.event_id as string)
    await waitFor('the second request', () => system.tiktok.eventsOf(eventId).length > 1)
    clearInterval(drip)
    const [first, second] = system.tiktok.requestsWith(eventId)
    expect(second?.body.data).toEqual(first?.body.data)
    // Other sites do not wait for the end of the request.
    const [ofOther] = system.tiktok.requestsWith(other.events[0]?.event_id as string)
    expect(ofOther?.at).toBeLessThan(second?.at as number)
    await waitUntilSettled(system.collector.dataDir)
    await system.stop()
    const states = readStoredEvents(system.collector.dataDir).map(({ state }) => state)
    expect(states).toEqual(['delivered', 'delivered'])
  },
)

/** Exit code 0 also says that it took less than 10 s: the collector exits with 1 if its own end takes longer. */
async function expectCleanExit(system: TestSystem, ...clients: Client[]) {
  const code = await system.collector.stop()
  for (const { socket } of clients) socket.destroy()
  await system.tiktok.close()
  expect(code).toBe(0)
}

const ending = {
  'SIGTERM ends it with 0 although a client keeps an idle connection': async () => {
    const system = await startTestSystem()
    await expectCleanExit(system, await connectTo(system))
  },
  'SIGTERM ends it with 0 although the body of a client does not arrive': async () => {
    const system = await startTestSystem()
    await expectCleanExit(system, await startRequest(system, 1_000))
  },
  'SIGTERM ends it with 0 although TikTok hangs, and the event in flight is kept': async () => {
    const system = await startTestSystem({}, () => {})
    const body = purchase()
    await system.post(body)
    await system.tiktok.event(body.events[0]?.event_id as string)
    await expectCleanExit(system)
    expect(readStoredEvents(system.collector.dataDir)).toMatchObject([{ state: 'pending' }])
  },
  'SIGTERM ends it with 0 although a client keeps sending over one connection': async () => {
    const system = await startTestSystem()
    const body = JSON.stringify(purchase())
    const client = await connectTo(system)
    const send = () => client.socket.write(`${head}Content-Length: ${body.length}\r\n\r\n${body}`)
    const sending = setInterval(send, 100)
    await waitFor('an answer', () => client.text().includes('202'))
    await expectCleanExit(system, client).finally(() => clearInterval(sending))
  },
  'SIGTERM does not cut off the answer to a running request': async () => {
    const system = await startTestSystem()
    const body = JSON.stringify(purchase())
    const client = await startRequest(system, body.length)
    client.socket.write(body.slice(0, 20))
    process.kill(system.collector.pid, 'SIGTERM')
    const port = Number(new URL(system.collector.origin).port)
    await waitFor('the end of listening', async () => !(await acceptsConnections(port)))
    client.socket.write(body.slice(20))
    await waitFor('an answer', () => client.text().includes('}'))
    expect(client.text()).toMatch(/HTTP\/1\.1 202 /)
    expect(await system.collector.exited).toBe(0)
    expect(readStoredEvents(system.collector.dataDir)).toHaveLength(1)
    client.socket.destroy()
    await system.tiktok.close()
  },
}

runConcurrently({ ...slowClients, ...hanging, ...ending })
