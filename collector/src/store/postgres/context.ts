/** Declares the state that the parts of the PostgreSQL driver share. */
import type { Encryption } from '../encryption.js'
import type { StoreTimes } from '../store.js'
import type { DatabaseClock } from './clock.js'
import type { Slots } from './counts.js'
import type { Database } from './database.js'

export interface Context {
  database: Database
  encryption: Encryption
  /** Unix milliseconds. */
  clock: () => number
  databaseClock: DatabaseClock
  slots: Slots
  storeTimes: StoreTimes
}
