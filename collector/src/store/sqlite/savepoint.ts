/** Lets one call undo only itself in a transaction that it shares. Runs in SQLite's thread. */
import type { Database } from './database.js'

/** Runs work that undoes only itself when it fails; the rest of the transaction stays. */
export type Savepoint = <T>(work: () => T) => T

export function createSavepoint(db: Database): Savepoint {
  const open = db.prepare('savepoint work')
  const undo = db.prepare('rollback to work')
  const release = db.prepare('release work')
  return (work) => {
    open.run()
    try {
      return work()
    } catch (error) {
      // After some errors (a full disk, say) SQLite has already rolled everything back.
      if (db.isTransaction) undo.run()
      throw error
    } finally {
      if (db.isTransaction) release.run()
    }
  }
}
