// Knows that a collector killed again and again under load loses nothing: the small size of `npm run chaos -- kill9`.
import { expect, it } from 'vitest'
import { failedChecks } from '../chaos/failed-checks.js'
import { kill9 } from '../chaos/kill9.js'

it('loses nothing over three kills, and repeats no more than was in flight', async () => {
  expect(failedChecks(await kill9({ rounds: 3, store: 'sqlite' }))).toEqual([])
})
