/** Opens SQLite files. The only file that imports a driver: the one built into Node, or the package on older versions. */
import type { DatabaseSyncInstance } from '@photostructure/sqlite'

export type Database = DatabaseSyncInstance
type DatabaseConstructor = new (file: string, options?: { readOnly?: boolean }) => Database

/** @param file `:memory:` for a database without a file */
export async function openDatabase(file: string, options: { readOnly?: boolean } = {}): Promise<Database> {
  const DatabaseSync = await importDriver()
  return new DatabaseSync(file, options)
}

/** Node has the same interface built in from 22.13 on. Its warning about an experimental feature helps no owner. */
async function importDriver(): Promise<DatabaseConstructor> {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  const isBuiltIn = major > 22 || (major === 22 && minor >= 13)
  const { emitWarning } = process
  process.emitWarning = () => {}
  try {
    const driver = await import(isBuiltIn ? 'node:sqlite' : '@photostructure/sqlite')
    return (driver as { DatabaseSync: DatabaseConstructor }).DatabaseSync
  } finally {
    process.emitWarning = emitWarning
  }
}
