// Both stores behave like the reference in short runs. `npm run chaos -- model` makes longer ones.
import { expect, it } from 'vitest'
import { failedChecks } from '../chaos/failed-checks.js'
import { controls, differences } from '../chaos/model.js'
import { freshDatabase } from '../support/postgres.js'
import { postgres, sqlite } from './stores.js'

const seed = 1
/** Runs open and close real stores, which is slow on a slow disk. */
const maxMs = 180_000

it(
  'SQLite answers and stores what the reference does, in any order of commands',
  async () => {
    expect(failedChecks(await differences(sqlite(), 15, seed))).toEqual([])
  },
  maxMs,
)

it(
  'PostgreSQL answers and stores what the reference does',
  async () => {
    expect(failedChecks(await differences(postgres(await freshDatabase()), 12, seed))).toEqual([])
  },
  maxMs,
)

it(
  'a run notices a store without one of its defences',
  async () => {
    expect(failedChecks(await controls(seed))).toEqual([])
  },
  maxMs,
)
