// Knows that TikTok's faults lose nothing: the small sizes of the proofs poison, token and outage.
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
  'a revoked token pauses after one refusal, and a new one delivers all in order': async () =>
    expect(failedChecks(await revokedToken({ store }))).toEqual([]),
  'events are taken while TikTok is away, and arrive afterwards': async () =>
    expect(failedChecks(await outage({ store, awayMs: 2_000 }))).toEqual([]),
})
