/** Knows the drivers of the port, and how a test opens each: on a new, empty database. A new driver is one line. */
import { randomBytes } from 'node:crypto'
import { freshSchema } from '../../../tests/support/postgres.js'
import type { Outbox } from './outbox.js'
import { openPostgres } from './postgres.js'
import { openSqlite } from './sqlite.js'

const root = new URL('../../', import.meta.url)
export const key = randomBytes(32)

/** When it is in the tests; Unix milliseconds. */
export const now = 1_795_400_000_000
const clock = () => now

const migrations = (folder: string) => new URL(`migrations/${folder}`, root).pathname
const worker = new URL('dist/sqlite-worker.js', root)

export const drivers: Record<string, () => Promise<Outbox>> = {
  sqlite: () => openSqlite({ file: ':memory:', key, migrations: migrations('sqlite'), worker, clock }),
  postgres: async () =>
    openPostgres({
      url: await freshSchema(),
      key,
      migrations: migrations('postgres'),
      clock,
      uptime: () => 0,
    }),
}
