// Tests how the collector ends and starts again: after SIGTERM, a second SIGTERM and a crash.
import { expect } from 'vitest'
import { startCollector } from '../support/collector.js'
import { runConcurrently } from '../support/concurrent-cases.js'
import { call } from '../support/http.js'
import { acceptsConnections } from '../support/port.js'
import { readStoredEvents, waitUntilSettled } from '../support/stored-events.js'
import { newId, purchase, startTestSystem } from '../support/test-system.js'
import { waitFor } from '../support/wait.js'

const site = { domain: 'shop.example', pixelCode: 'CHRTV0567FRME7OQ5DI0', accessToken: 'token' }

runConcurrently({
  'SIGTERM ends an idle collector with 0': async () => {
    const system = await startTestSystem()
    await system.expectServing()
    expect(await system.collector.stop()).toBe(0)
    await system.tiktok.close()
  },
  'SIGTERM ends it with 0 although clients keep sending, and every event answered with 202 is kept':
    async () => {
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
      await waitFor('200 accepted events', () => accepted.length > 200)
      expect(await system.collector.stop()).toBe(0)
      await clients
      expect(answers.filter((status) => status !== 202 && status !== 503)).toEqual([])
      const stored = new Set(readStoredEvents(system.collector.dataDir).map(({ event_id }) => event_id))
      expect(accepted.filter((eventId) => !stored.has(eventId))).toEqual([])
      await system.tiktok.close()
    },
  'a second SIGTERM ends it at once with 1, and no accepted event is lost': async () => {
    const system = await startTestSystem({}, () => {})
    const { collector } = system
    const body = purchase()
    await system.post(body)
    await system.tiktok.event(body.events[0]?.event_id as string)
    process.kill(collector.pid, 'SIGTERM')
    const port = Number(new URL(collector.origin).port)
    await waitFor('the end of listening', async () => !(await acceptsConnections(port)))
    process.kill(collector.pid, 'SIGTERM')
    expect(await collector.exited).toBe(1)
    expect(readStoredEvents(collector.dataDir)).toMatchObject([{ state: 'pending' }])
    await system.tiktok.close()
  },
  'after a crash every accepted event is stored once, and none counts as delivered': async () => {
    const system = await startTestSystem({}, () => {})
    const bodies = Array.from({ length: 50 }, () => purchase())
    await Promise.all(bodies.map((body) => system.post(body)))
    await system.collector.kill()
    const { dataDir } = system.collector
    expect(readStoredEvents(dataDir).map(({ state }) => state)).toEqual(bodies.map(() => 'pending'))
    const env = { TAGFERRY_SITES: JSON.stringify([{ domain: 'shop.example' }]) }
    const restarted = await startCollector({ env, dataDir })
    expect((await call(restarted.origin, { path: '/readyz' })).status).toBe(200)
    expect(await restarted.stop()).toBe(0)
    expect(readStoredEvents(dataDir)).toHaveLength(50)
    await system.tiktok.close()
  },
  'pending events are delivered after a restart': async () => {
    const before = await startTestSystem({ TAGFERRY_TIKTOK_URL: 'http://127.0.0.1:9' })
    const body = purchase()
    await before.post(body)
    expect(await before.collector.stop()).toBe(0)
    const { dataDir } = before.collector
    const env = { TAGFERRY_TIKTOK_URL: before.tiktok.origin, TAGFERRY_SITES: JSON.stringify([site]) }
    const after = await startCollector({ env, dataDir })
    await before.tiktok.event(body.events[0]?.event_id as string)
    await waitUntilSettled(dataDir)
    await after.stop()
    expect(readStoredEvents(dataDir)).toMatchObject([{ state: 'delivered' }])
    await before.tiktok.close()
  },
})
