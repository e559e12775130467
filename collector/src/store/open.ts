/** Which driver a configuration means, and where its file lies. */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Config } from '../config/config.js'
import type { Outbox } from './outbox.js'
import type { PostgresLog } from './postgres/pool.js'
import { openPostgres } from './postgres/postgres.js'
import { openSqlite } from './sqlite/sqlite.js'

export interface StoreDeps {
  places: { migrations: string; sqliteWorker: URL }
  /** Unix milliseconds. */
  clock: () => number
  log: PostgresLog
  /** The store can no longer be trusted; told once. */
  onBroken?: (reason: string) => void
}

/** The outbox of this configuration; more than one program may have it open. @param key the first one seals */
export function openStore(
  { dataDir, databaseUrl: url }: Pick<Config, 'dataDir' | 'databaseUrl'>,
  key: readonly Uint8Array[],
  { places, clock, log, onBroken = () => {} }: StoreDeps,
): Promise<Outbox> {
  if (url !== undefined) {
    const migrations = join(places.migrations, 'postgres')
    return openPostgres({ url, key: [...key], migrations, clock, uptime: () => performance.now(), log })
  }
  mkdirSync(dataDir, { recursive: true, mode: 0o700 })
  return openSqlite({
    file: join(dataDir, 'tagferry.db'),
    key: [...key],
    migrations: join(places.migrations, 'sqlite'),
    worker: places.sqliteWorker,
    clock,
    onBroken,
  })
}
