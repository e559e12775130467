/** Declares the state that the calls in SQLite's thread share. */
import type { Encryption } from '../encryption.js'
import type { StoreTimes } from '../store.js'
import type { RollupBatch } from './counts.js'
import type { Database } from './database.js'
import type { Savepoint } from './savepoint.js'

export interface Context {
  db: Database
  encryption: Encryption
  savepoint: Savepoint
  storeTimes: StoreTimes
  /** Begins to collect the counts of one call. */
  startBatch: () => RollupBatch
}
