/** Applies migrations to a PostgreSQL database, also when several collectors start together. */
import { type Migration, pendingMigrations } from '../sql/migrations.js'
import type { Database } from './database.js'

/** Advisory lock held while the schema changes; any number that no other program uses. */
const lockNumber = 7_164_663

export async function migratePostgres(database: Database, migrations: readonly Migration[]): Promise<void> {
  while (await applyNext(database, migrations));
}

/** Applies one migration in a transaction of its own; false when there is none left. */
function applyNext(database: Database, migrations: readonly Migration[]): Promise<boolean> {
  return database.transaction(async (query) => {
    // A second collector waits here for as long as the first one needs, and then finds the work done.
    await query('select pg_advisory_xact_lock($1)', [lockNumber])
    await query('create table if not exists migrations (number integer primary key, name text not null)')
    const applied = await query<{ number: number }>('select number from migrations')
    const [next] = pendingMigrations(
      migrations,
      applied.map(({ number }) => number),
    )
    if (!next) return false
    await query('insert into migrations (number, name) values ($1, $2)', [next.number, next.name])
    await query(next.sql)
    return true
  })
}
