/** Knows the drivers of the port, and how a test opens each: on a new, empty database. A new driver is one line. */
import { randomBytes } from 'node:crypto'
import type { Outbox } from '../../collector/src/store/outbox.js'
import { openPostgres } from '../../collector/src/store/postgres/postgres.js'
import { openSqlite } from '../../collector/src/store/sqlite/sqlite.js'
import { freshSchema } from './postgres.js'

const root = new URL('../../collector/', import.meta.url)
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
