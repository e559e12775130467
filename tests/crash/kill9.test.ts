// Runs `npm run chaos -- kill9` in a small size.
import { expect, it } from 'vitest'
import { failedChecks } from '../chaos/failed-checks.js'
import { kill9 } from '../chaos/kill9.js'

it('a collector killed three times under load loses nothing, and repeats only what was in flight', async () => {
  expect(failedChecks(await kill9({ rounds: 3, store: 'sqlite' }))).toEqual([])
})
