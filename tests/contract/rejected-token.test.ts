// Knows what a refused Access Token means: the connection waits for its owner, and loses nothing meanwhile.
import { expect } from 'vitest'
import { startCollector } from '../support/collector.js'
import { each, runConcurrently } from '../support/concurrent-cases.js'
import { call, sleep, until } from '../support/http.js'
import { readStoredEvents } from '../support/stored-events.js'
import { pixels } from '../support/test-system.js'
import { okBody, startTikTok } from '../support/tiktok.js'

runConcurrently(
  each(
    'a connection refused with %s waits, over a restart too, and drains with a new token',
    ['40105', '40001'],
    async (refusal) => {
      const right = 'token-2'
      const tiktok = await startTikTok(({ headers }, response) =>
        response.end(headers['access-token'] === right ? okBody : `{"code":${refusal},"message":"no"}`),
      )
      const envOf = (accessToken: string) => ({
        TAGFERRY_TIKTOK_URL: tiktok.origin,
        TAGFERRY_SITES: JSON.stringify([
          { domain: 'shop.example', pixelCode: pixels['shop.example'], accessToken },
        ]),
      })
      const headers = { 'content-type': 'text/plain', origin: 'https://shop.example' }
      const post = (origin: string, eventId: string) =>
        call(origin, {
          method: 'POST',
          path: '/e',
          headers,
          body: { site: 'shop.example', events: [{ event: 'Purchase', event_id: eventId }] },
        })
      const first = await startCollector({ env: envOf('token-1') })
      const { dataDir } = first
      await post(first.origin, 'one')
      await tiktok.event('one')
      await sleep(3_500)
      expect((await post(first.origin, 'two')).status).toBe(202)
      await sleep(500)
      // The refusal, and the one probe of these 10 minutes.
      expect(tiktok.requests.length).toBeLessThanOrEqual(2)
      await first.stop()
      expect(readStoredEvents(dataDir).map(({ state }) => state)).toEqual(['pending', 'pending'])
      const again = await startCollector({ env: envOf('token-1'), dataDir })
      await sleep(1_500)
      await again.stop()
      expect(tiktok.requests.length).toBeLessThanOrEqual(2)
      const mended = await startCollector({ env: envOf(right), dataDir })
      await until('all is drained', () => {
        const taken = tiktok.requests.filter((heard) => heard.headers['access-token'] === right)
        return (
          new Set(taken.flatMap(({ body }) => body.data.map((event) => event.event_id))).size === 2 ||
          undefined
        )
      })
      await sleep(200)
      await mended.stop()
      expect(readStoredEvents(dataDir).map(({ state }) => state)).toEqual(['delivered', 'delivered'])
      await tiktok.close()
    },
  ),
)
