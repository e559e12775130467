// Starts the PostgreSQL of the benchmarks: every commit synced to disk, memory and log set as in docs/operations.md.
import { startPostgres } from '../tests/support/postgres.js'

const settings = [
  'synchronous_commit=on',
  'shared_buffers=1GB',
  'max_wal_size=4GB',
  'checkpoint_timeout=15min',
  'wal_compression=on',
  'random_page_cost=1.1',
]

/** 32 bytes, the same for each collector of a database. */
export const secret = Buffer.alloc(32, 7)

export interface TunedPostgres {
  /** An empty database, by its URL. */
  database(): Promise<string>
  stop(): Promise<void>
}

export const startTunedPostgres = (): Promise<TunedPostgres> => startPostgres({ settings })

/** Settings of a collector on a database. */
export const environmentOf = (url: string) => ({
  TAGFERRY_DATABASE_URL: url,
  TAGFERRY_SECRET: secret.toString('base64'),
})
