/** Opens the store of a configuration: SQLite in the data folder, or PostgreSQL. */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Outbox } from './outbox.js'
import type { PostgresLog } from './postgres/pool.js'
import { openPostgres } from './postgres/postgres.js'
import { openSqlite } from './sqlite/sqlite.js'
import type { StoreTimes } from './store.js'

export interface StoreSettings {
  /** Folder of the SQLite file; made where it is missing. */
  dataDir: string
  /** Present: PostgreSQL instead of SQLite. */
  databaseUrl?: string | undefined
}

export interface StoreDeps {
  places: { migrations: string; sqliteWorker: URL }
  /** Unix milliseconds. */
  clock: () => number
  /** Milliseconds, monotonic. */
  uptime: () => number
  /** From 0 to 1. */
  random: () => number
  storeTimes: StoreTimes
  log: PostgresLog
  /** Called once when the SQLite file can no longer be trusted. */
  onBroken?: (reason: string) => void
}

/** Several processes may have the same store open. @param keys the first one encrypts, all of them decrypt */
export function openStore(
  { dataDir, databaseUrl: url }: StoreSettings,
  keys: readonly Uint8Array[],
  { places, clock, uptime, random, storeTimes, log, onBroken = () => {} }: StoreDeps,
): Promise<Outbox> {
  if (url !== undefined) {
    const migrations = join(places.migrations, 'postgres')
    return openPostgres({ url, keys: [...keys], migrations, clock, uptime, random, storeTimes, log })
  }
  mkdirSync(dataDir, { recursive: true, mode: 0o700 })
  return openSqlite({
    file: join(dataDir, 'tagferry.db'),
    keys: [...keys],
    migrations: join(places.migrations, 'sqlite'),
    worker: places.sqliteWorker,
    clock,
    storeTimes,
    onBroken,
  })
}
