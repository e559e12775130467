/** The drivers of the store, each with options for tests. The conformance suites run over `drivers`. */
import { randomBytes } from 'node:crypto'
import { storeTimes } from '../../collector/src/relay/policy.js'
import type { Outbox } from '../../collector/src/store/outbox.js'
import { openPostgres, type PostgresOptions } from '../../collector/src/store/postgres/postgres.js'
import { openSqlite, type SqliteOptions } from '../../collector/src/store/sqlite/sqlite.js'
import { freshSchema } from './postgres.js'

const root = new URL('../../collector/', import.meta.url)
export const key = randomBytes(32)

/** The time of the tests, Unix milliseconds. It stands still. */
export const now = 1_795_400_000_000
const clock = () => now

export const migrationsOf = (database: 'sqlite' | 'postgres') =>
  new URL(`migrations/${database}`, root).pathname

export const sqliteOptions = (file: string, options: Partial<SqliteOptions> = {}): SqliteOptions => ({
  file,
  keys: key,
  migrations: migrationsOf('sqlite'),
  worker: new URL('dist/sqlite-worker.js', root),
  clock,
  storeTimes,
  ...options,
})

export const postgresOptions = (url: string, options: Partial<PostgresOptions> = {}): PostgresOptions => ({
  url,
  keys: key,
  migrations: migrationsOf('postgres'),
  clock,
  uptime: () => 0,
  random: () => 0,
  storeTimes,
  ...options,
})

/** Each opens a new, empty database. */
export const drivers: Record<string, () => Promise<Outbox>> = {
  sqlite: () => openSqlite(sqliteOptions(':memory:')),
  postgres: async () => openPostgres(postgresOptions(await freshSchema())),
}
