// Knows how the collector ends: SIGTERM drains and exits 0, what was answered 202 is kept; a second one ends at once.
import { expect } from 'vitest'
import { startCollector } from '../support/collector.js'
import { runConcurrently } from '../support/concurrent-cases.js'
import { call, sleep, until } from '../support/http.js'
import { readStoredEvents } from '../support/stored-events.js'
import { newId, purchase, startTestSystem } from '../support/test-system.js'

const sitesOf = () => [{ domain: 'shop.example', pixelCode: 'CHRTV0567FRME7OQ5DI0', accessToken: 'token' }]

runConcurrently({
  'SIGTERM ends an idle collector with 0 within 10 s': async () => {
    const system = await startTestSystem()
    await system.expectServing()
    const began = Date.now()
    expect(await system.collector.stop()).toBe(0)
    expect(Date.now() - began).toBeLessThan(10_000)
    await system.tiktok.close()
  },
  'SIGTERM ends it with 0 though clients go on sending, and what was answered 202 is kept': async () => {
    const system = await startTestSystem()
    const accepted: string[] = []
    const answers: number[] = []
    const client = async () => {
      for (;;) {
        const body = purchase({ event_id: newId() })
        const answer = await system.post(body).catch(() => undefined)
        if (!answer) return
        answers.push(answer.status)
        if (answer.status === 202) accepted.push(body.events[0]?.event_id as string)
      }
    }
    const clients = Promise.all(Array.from({ length: 8 }, client))
    await until('enough was accepted', () => (accepted.length > 200 ? true : undefined))
    const began = Date.now()
    expect(await system.collector.stop()).toBe(0)
    expect(Date.now() - began).toBeLessThan(10_000)
    await clients
    expect(answers.filter((status) => status !== 202 && status !== 503)).toEqual([])
    const rows = new Set(readStoredEvents(system.collector.dataDir).map(({ event_id }) => event_id))
    expect(accepted.filter((eventId) => !rows.has(eventId))).toEqual([])
    await system.tiktok.close()
  },
  'a second SIGTERM ends it at once, and nothing accepted is lost': async () => {
    const system = await startTestSystem({}, () => {})
    const body = purchase()
    await system.post(body)
    await system.tiktok.event(body.events[0]?.event_id as string)
    process.kill(system.collector.pid, 'SIGTERM')
    await sleep(100)
    process.kill(system.collector.pid, 'SIGTERM')
    const began = Date.now()
    await system.collector.exited
    expect(Date.now() - began).toBeLessThan(500)
    expect(readStoredEvents(system.collector.dataDir)).toMatchObject([{ state: 'pending' }])
    await system.tiktok.close()
  },
  'after a crash every accepted event is there, is no duplicate of itself and is called delivered by nobody':
    async () => {
      const system = await startTestSystem({}, () => {})
      const bodies = Array.from({ length: 50 }, () => purchase())
      await Promise.all(bodies.map((body) => system.post(body)))
      await system.collector.kill()
      const { dataDir } = system.collector
      expect(readStoredEvents(dataDir).map(({ state }) => state)).toEqual(bodies.map(() => 'pending'))
      const env = { TAGFERRY_SITES: JSON.stringify([{ domain: 'shop.example' }]) }
      const again = await startCollector({ env, dataDir })
      expect((await call(again.origin, { path: '/readyz' })).status).toBe(200)
      expect(await again.stop()).toBe(0)
      expect(readStoredEvents(dataDir)).toHaveLength(50)
      await system.tiktok.close()
    },
  'what was queued before a restart is delivered after it': async () => {
    const dead = await startTestSystem({ TAGFERRY_TIKTOK_URL: 'http://127.0.0.1:9' })
    const body = purchase()
    await dead.post(body)
    expect(await dead.collector.stop()).toBe(0)
    const { dataDir } = dead.collector
    const env = { TAGFERRY_TIKTOK_URL: dead.tiktok.origin, TAGFERRY_SITES: JSON.stringify(sitesOf()) }
    const alive = await startCollector({ env, dataDir })
    await dead.tiktok.event(body.events[0]?.event_id as string, 10_000)
    await sleep(200)
    await alive.stop()
    expect(readStoredEvents(dataDir)).toMatchObject([{ state: 'delivered' }])
    await dead.tiktok.close()
  },
})
