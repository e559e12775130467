// Knows how long the collector waits for others: slow senders, a TikTok that hangs or drips, and its own end.
import { connect, type Socket } from 'node:net'
import { afterAll, expect } from 'vitest'
import { each, together } from './concurrent-cases.js'
import { kept } from './database.js'
import { sleep, talk, until } from './http.js'
import { type House, pixels, purchase, startHouse } from './support.js'
import { ok } from './tiktok.js'

const head = 'POST /e HTTP/1.1\r\nHost: x\r\nOrigin: https://shop.example\r\nContent-Type: text/plain\r\n'

function socketTo(house: House): Promise<Socket> {
  const { hostname, port } = new URL(house.collector.origin)
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

let shared: Promise<House> | undefined
/** One collector for all slow senders. */
const oneHouse = () => {
  shared ??= startHouse()
  return shared
}
afterAll(async () => (await shared)?.end())

const senders = {
  ...each('where %s the connection is cut within 12 s', Object.keys(slow), async (name) => {
    const house = await oneHouse()
    const { closed, ms, text } = await talk(house.collector.origin, slow[name] as string, 14_000)
    expect(closed).toBe(true)
    expect(ms).toBeLessThan(12_500)
    expect(text).not.toMatch(/HTTP\/1\.1 5/)
    await house.honest()
  }),
  'where a body drips the connection is cut within 12 s': async () => {
    const house = await oneHouse()
    const socket = await socketTo(house)
    const began = Date.now()
    socket.write(`${head}Content-Length: 1000\r\n\r\n{`)
    const drip = setInterval(() => socket.write(' '), 500)
    await new Promise((resolve) => socket.once('close', resolve))
    clearInterval(drip)
    expect(Date.now() - began).toBeLessThan(12_500)
  },
  'two hundred slow senders hold up no honest one': async () => {
    const house = await oneHouse()
    const sockets = await Promise.all(Array.from({ length: 200 }, () => socketTo(house)))
    for (const socket of sockets) socket.write(`${head}Content-Length: 1000\r\n\r\n{`)
    const began = Date.now()
    await house.honest()
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
    const house = await startHouse({}, ({ body }, response) => {
      if (body.event_source_id !== pixels['shop.example'] || !isFirst) return void response.end(ok)
      isFirst = false
      if (how === 'lets hang') return
      response.writeHead(200, { 'content-type': 'application/json' })
      drip = setInterval(() => response.write(' '), 500)
    })
    const body = purchase()
    const eventId = body.events[0]?.event_id as string
    await house.post(body)
    await house.tiktok.event(eventId)
    // Others do not wait for it.
    const other = { ...purchase(), site: 'other.example' }
    await house.post(other, { headers: { origin: 'https://other.example' } })
    await house.tiktok.event(other.events[0]?.event_id as string, 2_000)
    await until('it comes again', () => (house.tiktok.all(eventId).length > 1 ? true : undefined), 13_000)
    clearInterval(drip)
    await sleep(200)
    const [first, second] = house.tiktok.all(eventId)
    expect(second).toEqual(first)
    await house.end()
    expect(kept(house.collector.dataDir).map(({ state }) => state)).toEqual(['delivered', 'delivered'])
  },
)

async function expectEnd(house: House, ...sockets: Socket[]) {
  const began = Date.now()
  const code = await house.collector.stop()
  for (const socket of sockets) socket.destroy()
  await house.tiktok.close()
  expect(code).toBe(0)
  expect(Date.now() - began).toBeLessThan(10_000)
}

const ending = {
  'SIGTERM ends it with 0 within 10 s though a client holds a connection and says nothing': async () => {
    const house = await startHouse()
    const socket = await socketTo(house)
    await sleep(100)
    await expectEnd(house, socket)
  },
  'SIGTERM ends it with 0 within 10 s though a client dawdles over its body': async () => {
    const house = await startHouse()
    const socket = await socketTo(house)
    socket.write(`${head}Content-Length: 1000\r\n\r\n{`)
    await sleep(100)
    await expectEnd(house, socket)
  },
  'SIGTERM ends it with 0 within 10 s though TikTok hangs, and the event that hangs there is kept':
    async () => {
      const house = await startHouse({}, () => {})
      const body = purchase()
      await house.post(body)
      await house.tiktok.event(body.events[0]?.event_id as string)
      await expectEnd(house)
      expect(kept(house.collector.dataDir)).toMatchObject([{ state: 'pending' }])
    },
  'SIGTERM ends it with 0 within 10 s though a client goes on sending over one connection': async () => {
    const house = await startHouse()
    const body = JSON.stringify(purchase())
    const socket = await socketTo(house)
    const going = setInterval(() => socket.write(`${head}Content-Length: ${body.length}\r\n\r\n${body}`), 100)
    await sleep(300)
    await expectEnd(house, socket).finally(() => clearInterval(going))
  },
  'SIGTERM lets the request that is under way be answered': async () => {
    const house = await startHouse()
    const body = JSON.stringify(purchase())
    const socket = await socketTo(house)
    let text = ''
    socket.on('data', (chunk) => {
      text += chunk
    })
    socket.write(`${head}Content-Length: ${body.length}\r\n\r\n${body.slice(0, 20)}`)
    await sleep(100)
    process.kill(house.collector.pid, 'SIGTERM')
    await sleep(100)
    socket.write(body.slice(20))
    await until('an answer', () => (text.includes('}') ? true : undefined))
    expect(text).toMatch(/^HTTP\/1\.1 202 /)
    expect(await house.collector.exited).toBe(0)
    expect(kept(house.collector.dataDir)).toHaveLength(1)
    socket.destroy()
    await house.tiktok.close()
  },
}

together({ ...senders, ...hanging, ...ending })
