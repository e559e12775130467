// Knows how long the collector waits for others: slow senders, a TikTok that hangs or drips, and its own end.
import { connect, type Socket } from 'node:net'
import { afterAll, expect } from 'vitest'
import { each, runConcurrently } from '../support/concurrent-cases.js'
import { sendRaw, sleep, until } from '../support/http.js'
import { readStoredEvents } from '../support/stored-events.js'
import { pixels, purchase, startTestSystem, type TestSystem } from '../support/test-system.js'
import { okBody } from '../support/tiktok.js'

const head = 'POST /e HTTP/1.1\r\nHost: x\r\nOrigin: https://shop.example\r\nContent-Type: text/plain\r\n'

function socketTo(system: TestSystem): Promise<Socket> {
  const { hostname, port } = new URL(system.collector.origin)
  return new Promise((resolve) => {
    const socket = connect(Number(port), hostname, () => resolve(socket))
    socket.on('error', () => {})
  })
}

const slow: Record<string, string> = {
  'a body does not come': `${head}Content-Length: 1000\r\n\r\n{`,
  'headers do not end': `${head}X: `,
  'nothing comes': '',
  'a chunk does not end': `${head}Transfer-Encoding: chunked\r\n\r\n100\r\n{`,
}

let shared: Promise<TestSystem> | undefined
/** One collector for all slow senders. */
const oneHouse = () => {
  shared ??= startTestSystem()
  return shared
}
afterAll(async () => (await shared)?.stop())

const senders = {
  ...each('where %s the connection is cut within 12 s', Object.keys(slow), async (name) => {
    const system = await oneHouse()
    const { closed, ms, text } = await sendRaw(system.collector.origin, slow[name] as string, 14_000)
    expect(closed).toBe(true)
    expect(ms).toBeLessThan(12_500)
    expect(text).not.toMatch(/HTTP\/1\.1 5/)
    await system.expectServing()
  }),
  'where a body drips the connection is cut within 12 s': async () => {
    const system = await oneHouse()
    const socket = await socketTo(system)
    const began = Date.now()
    socket.write(`${head}Content-Length: 1000\r\n\r\n{`)
    const drip = setInterval(() => socket.write(' '), 500)
    await new Promise((resolve) => socket.once('close', resolve))
    clearInterval(drip)
    expect(Date.now() - began).toBeLessThan(12_500)
  },
  'two hundred slow senders hold up no honest one': async () => {
    const system = await oneHouse()
    const sockets = await Promise.all(Array.from({ length: 200 }, () => socketTo(system)))
    for (const socket of sockets) socket.write(`${head}Content-Length: 1000\r\n\r\n{`)
    const began = Date.now()
    await system.expectServing()
    expect(Date.now() - began).toBeLessThan(2_000)
    for (const socket of sockets) socket.destroy()
  },
}

const hanging = each(
  'a request that TikTok %s is given up, and the same event comes again',
  ['lets hang', 'answers by the drop'],
  async (how) => {
    let drip: NodeJS.Timeout | undefined
    let isFirst = true
    const system = await startTestSystem({}, ({ body }, response) => {
      if (body.event_source_id !== pixels['shop.example'] || !isFirst) return void response.end(okBody)
      isFirst = false
      if (how === 'lets hang') return
      response.writeHead(200, { 'content-type': 'application/json' })
      drip = setInterval(() => response.write(' '), 500)
    })
    const body = purchase()
    const eventId = body.events[0]?.event_id as string
    await system.post(body)
    await system.tiktok.event(eventId)
    // Others do not wait for it.
    const other = { ...purchase(), site: 'other.example' }
    await system.post(other, { headers: { origin: 'https://other.example' } })
    await system.tiktok.event(other.events[0]?.event_id as string, 2_000)
    await until(
      'it comes again',
      () => (system.tiktok.eventsOf(eventId).length > 1 ? true : undefined),
      13_000,
    )
    clearInterval(drip)
    await sleep(200)
    const [first, second] = system.tiktok.eventsOf(eventId)
    expect(second).toEqual(first)
    await system.stop()
    expect(readStoredEvents(system.collector.dataDir).map(({ state }) => state)).toEqual([
      'delivered',
      'delivered',
    ])
  },
)

async function expectEnd(system: TestSystem, ...sockets: Socket[]) {
  const began = Date.now()
  const code = await system.collector.stop()
  for (const socket of sockets) socket.destroy()
  await system.tiktok.close()
  expect(code).toBe(0)
  expect(Date.now() - began).toBeLessThan(10_000)
}

const ending = {
  'SIGTERM ends it with 0 within 10 s though a client holds a connection and says nothing': async () => {
    const system = await startTestSystem()
    const socket = await socketTo(system)
    await sleep(100)
    await expectEnd(system, socket)
  },
  'SIGTERM ends it with 0 within 10 s though a client dawdles over its body': async () => {
    const system = await startTestSystem()
    const socket = await socketTo(system)
    socket.write(`${head}Content-Length: 1000\r\n\r\n{`)
    await sleep(100)
    await expectEnd(system, socket)
  },
  'SIGTERM ends it with 0 within 10 s though TikTok hangs, and the event that hangs there is kept':
    async () => {
      const system = await startTestSystem({}, () => {})
      const body = purchase()
      await system.post(body)
      await system.tiktok.event(body.events[0]?.event_id as string)
      await expectEnd(system)
      expect(readStoredEvents(system.collector.dataDir)).toMatchObject([{ state: 'pending' }])
    },
  'SIGTERM ends it with 0 within 10 s though a client goes on sending over one connection': async () => {
    const system = await startTestSystem()
    const body = JSON.stringify(purchase())
    const socket = await socketTo(system)
    const going = setInterval(() => socket.write(`${head}Content-Length: ${body.length}\r\n\r\n${body}`), 100)
    await sleep(300)
    await expectEnd(system, socket).finally(() => clearInterval(going))
  },
  'SIGTERM lets the request that is under way be answered': async () => {
    const system = await startTestSystem()
    const body = JSON.stringify(purchase())
    const socket = await socketTo(system)
    let text = ''
    socket.on('data', (chunk) => {
      text += chunk
    })
    socket.write(`${head}Content-Length: ${body.length}\r\n\r\n${body.slice(0, 20)}`)
    await sleep(100)
    process.kill(system.collector.pid, 'SIGTERM')
    await sleep(100)
    socket.write(body.slice(20))
    await until('an answer', () => (text.includes('}') ? true : undefined))
    expect(text).toMatch(/^HTTP\/1\.1 202 /)
    expect(await system.collector.exited).toBe(0)
    expect(readStoredEvents(system.collector.dataDir)).toHaveLength(1)
    socket.destroy()
    await system.tiktok.close()
  },
}

runConcurrently({ ...senders, ...hanging, ...ending })
