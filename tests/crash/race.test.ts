// Knows that collectors on one PostgreSQL keep to their leases: small sizes of `npm run chaos -- race` and of a stop.
import { afterAll, expect, it } from 'vitest'
import { closeData } from '../chaos/data.js'
import { failedChecks } from '../chaos/failed-checks.js'
import { race } from '../chaos/race.js'
import { suspended } from '../chaos/suspended.js'

afterAll(closeData)

it('two collectors share the work over a kill and a stop, and no row is held twice', async () => {
  expect(failedChecks(await race({ rounds: 2, n: 2, events: 1_000 }))).toEqual([])
}, 120_000)

it('who sleeps over their lease writes nothing about what another has taken over', async () => {
  expect(failedChecks(await suspended({}))).toEqual([])
}, 120_000)
