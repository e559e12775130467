// Runs `npm run chaos` with poison, token and outage in small sizes.
import { expect } from 'vitest'
import { failedChecks } from '../chaos/failed-checks.js'
import { outage } from '../chaos/outage.js'
import { poison } from '../chaos/poison.js'
import { revokedToken } from '../chaos/revoked-token.js'
import { runConcurrently } from '../support/concurrent-cases.js'

const store = 'sqlite'

runConcurrently({
  'one bad event of a thousand fails alone': async () =>
    expect(failedChecks(await poison({ rounds: 1, store, quick: true }))).toEqual([]),
  'a revoked token pauses the connection after one refusal, and a new one delivers all events in order':
    async () => expect(failedChecks(await revokedToken({ store }))).toEqual([]),
  'events are accepted while TikTok is down, and delivered afterwards': async () =>
    expect(failedChecks(await outage({ store, downMs: 2_000 }))).toEqual([]),
})
