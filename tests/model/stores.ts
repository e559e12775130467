// Opens a real store for a run of commands, again and again on the same data: SQLite or PostgreSQL.
import { randomUUID } from 'node:crypto'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Outbox } from '../../collector/src/store/outbox.js'
import { openPostgres } from '../../collector/src/store/postgres/postgres.js'
import { openSqlite } from '../../collector/src/store/sqlite/sqlite.js'
import { copyCollector, type Safeguard } from '../chaos/build-copy.js'
import { ask } from '../support/postgres.js'
import { now, postgresOptions, sqliteOptions } from '../support/store-drivers.js'
import { temporaryDir } from '../support/temporary.js'

/** New, empty data. */
export interface Data {
  open(): Promise<Outbox>
  remove(): Promise<void>
}
export type NewData = () => Promise<Data>

/** When a run begins, Unix milliseconds. */
export const start = now

/** @param without a defence that is removed from a copy of the build: a run must notice that */
export function sqlite(without?: Safeguard): NewData {
  const worker = pathToFileURL(join(dirname(copyCollector(without)), 'sqlite-worker.js'))
  const dir = temporaryDir()
  return async () => {
    const options = sqliteOptions(join(dir, randomUUID()), { worker })
    return { open: () => openSqlite(options), remove: async () => {} }
  }
}

/** Each in a schema of its own, whose clock stands still: leases go by the database's clock. */
export function postgres(database: string): NewData {
  let schemas = 0
  return async () => {
    const name = `model_${++schemas}`
    const stillClock = `create function ${name}.clock_timestamp() returns timestamptz language sql
      return '2026-11-23'::timestamptz`
    await ask(database, `create schema ${name}; ${stillClock}`)
    const url = new URL(database)
    url.searchParams.set('options', `-c search_path=${name},pg_catalog`)
    return {
      open: () => openPostgres(postgresOptions(url.href)),
      remove: async () => void (await ask(database, `drop schema ${name} cascade`)),
    }
  }
}
