// Knows that both stores do what their model does, in short: `npm run chaos -- model` runs as long as one likes.
import { expect, it } from 'vitest'
import { controls, differences } from '../chaos/model.js'
import { failures } from '../crash/failures.js'
import { freshDatabase } from '../support/postgres.js'
import { postgres, sqlite } from './stores.js'

const seed = 1
/** Runs open and close real stores: slow where the disk is. */
const patienceMs = 180_000

it(
  'SQLite answers and keeps what its model does, in any order of what may happen',
  async () => {
    expect(failures(await differences(sqlite(), 15, seed))).toEqual([])
  },
  patienceMs,
)

it(
  'PostgreSQL does the same',
  async () => {
    expect(failures(await differences(postgres(await freshDatabase()), 12, seed))).toEqual([])
  },
  patienceMs,
)

it(
  'the model notices a store without one of its defences',
  async () => {
    expect(failures(await controls(seed))).toEqual([])
  },
  patienceMs,
)
