/** How one call undoes only itself in a transaction that it shares. Runs inside the worker. */
import type { DatabaseSyncInstance as Database } from '@photostructure/sqlite'

/** Runs a piece of work so that it undoes only itself when it fails; the rest of the transaction stays. */
export type Savepoint = <T>(work: () => T) => T

export function createSavepoint(db: Database): Savepoint {
  const open = db.prepare('savepoint alone')
  const undo = db.prepare('rollback to alone')
  const release = db.prepare('release alone')
  return (work) => {
    open.run()
    try {
      return work()
    } catch (error) {
      // After some errors (a full disk, say) SQLite has rolled everything back already.
      if (db.isTransaction) undo.run()
      throw error
    } finally {
      if (db.isTransaction) release.run()
    }
  }
}
