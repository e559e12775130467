// Knows how a real store is opened for a run of commands, again and again on the same data: SQLite or PostgreSQL.
import { randomUUID } from 'node:crypto'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { openPostgres } from '../../collector/src/store/postgres/postgres.js'
import { openSqlite } from '../../collector/src/store/sqlite/sqlite.js'
import type { Store } from '../../collector/src/store/store.js'
import { copyCollector, type Defence } from '../chaos/dist.js'
import { ask } from '../support/postgres.js'
import { temporaryDir } from '../support/temporary.js'

/** New, empty data. */
export interface Data {
  open(): Promise<Store>
  remove(): Promise<void>
}
export type NewData = () => Promise<Data>

export const start = 1_795_400_000_000
const clock = () => start
const key = Buffer.alloc(32, 7)
const migrations = (folder: string) =>
  fileURLToPath(new URL(`../../collector/migrations/${folder}`, import.meta.url))

/** @param without a defence taken out of a copy of the build: the store that must be found */
export function sqlite(without?: Defence): NewData {
  const worker = pathToFileURL(join(dirname(copyCollector(without)), 'sqlite-worker.js'))
  const dir = temporaryDir()
  return async () => {
    const options = { file: join(dir, randomUUID()), key, migrations: migrations('sqlite'), worker, clock }
    return { open: () => openSqlite(options), remove: async () => {} }
  }
}

/** Each in a schema of its own, whose time stands still: leases go by the database's clock. */
export function postgres(database: string): NewData {
  let last = 0
  return async () => {
    const name = `model_${++last}`
    const still = `create function ${name}.clock_timestamp() returns timestamptz language sql
      return '2026-11-23'::timestamptz`
    await ask(database, `create schema ${name}; ${still}`)
    const url = new URL(database)
    url.searchParams.set('options', `-c search_path=${name},pg_catalog`)
    return {
      open: () =>
        openPostgres({
          url: url.href,
          key,
          migrations: migrations('postgres'),
          clock,
          uptime: () => 0,
        }),
      remove: async () => void (await ask(database, `drop schema ${name} cascade`)),
    }
  }
}
