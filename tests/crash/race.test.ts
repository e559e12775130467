// Runs `npm run chaos -- race` in a small size, and the experiment with a suspended collector.
import { afterAll, expect, it } from 'vitest'
import { closeData } from '../chaos/data.js'
import { failedChecks } from '../chaos/failed-checks.js'
import { race } from '../chaos/race.js'
import { suspended } from '../chaos/suspended.js'

afterAll(closeData)

it('two collectors share the work over a kill and a pause, and no row is claimed twice', async () => {
  expect(failedChecks(await race({ rounds: 2, n: 2, events: 1_000 }))).toEqual([])
})

it('a collector that was suspended beyond its lease settles nothing that another has taken over', async () => {
  expect(failedChecks(await suspended({}))).toEqual([])
})
