// Tests a refused Access Token: the connection is paused, events wait, and a new token delivers them.
import { expect } from 'vitest'
import { startCollector } from '../support/collector.js'
import { each, runConcurrently } from '../support/concurrent-cases.js'
import { postAsPage } from '../support/events.js'
import { readStoredEvents, waitUntilSettled } from '../support/stored-events.js'
import { pixels } from '../support/test-system.js'
import { okBody, startTikTok } from '../support/tiktok.js'
import { sleep } from '../support/wait.js'

runConcurrently(
  each(
    'events wait after a refusal with %s, even over a restart, and are delivered with a new token',
    ['40105', '40001'],
    async (refusal) => {
      const newToken = 'token-2'
      const tiktok = await startTikTok(({ headers }, response) =>
        response.end(headers['access-token'] === newToken ? okBody : `{"code":${refusal},"message":"no"}`),
      )
      const envOf = (accessToken: string) => ({
        TAGFERRY_TIKTOK_URL: tiktok.origin,
        TAGFERRY_SITES: JSON.stringify([
          { domain: 'shop.example', pixelCode: pixels['shop.example'], accessToken },
        ]),
      })
      const post = (origin: string, event_id: string) => postAsPage(origin, [{ event: 'Purchase', event_id }])
      const statesIn = (dir: string) => readStoredEvents(dir).map(({ state }) => state)

      const first = await startCollector({ env: envOf('token-1') })
      const { dataDir } = first
      await post(first.origin, 'one')
      await tiktok.event('one')
      await sleep(3_500)
      expect((await post(first.origin, 'two')).status).toBe(202)
      await sleep(500)
      // The refused request, and the one probe of each 10 minutes.
      expect(tiktok.requests.length).toBeLessThanOrEqual(2)
      await first.stop()
      expect(statesIn(dataDir)).toEqual(['pending', 'pending'])

      const restarted = await startCollector({ env: envOf('token-1'), dataDir })
      await sleep(1_500)
      await restarted.stop()
      expect(tiktok.requests.length).toBeLessThanOrEqual(2)

      const renewed = await startCollector({ env: envOf(newToken), dataDir })
      await waitUntilSettled(dataDir)
      await renewed.stop()
      expect(statesIn(dataDir)).toEqual(['delivered', 'delivered'])
      const sent = tiktok.requests
        .filter(({ headers }) => headers['access-token'] === newToken)
        .flatMap(({ body }) => body.data.map((event) => event.event_id))
      expect(new Set(sent)).toEqual(new Set(['one', 'two']))
      await tiktok.close()
    },
  ),
)
