/** Applies migrations to a SQLite file, also when several processes start together. Runs in SQLite's thread. */
import { type Migration, pendingMigrations } from '../sql/migrations.js'
import type { Database } from './database.js'

export function migrateSqlite(database: Database, migrations: readonly Migration[]): void {
  database.exec(
    'create table if not exists migrations (number integer primary key, name text not null) strict',
  )
  const applied = database.prepare('select number from migrations').all() as { number: number }[]
  const pending = pendingMigrations(
    migrations,
    applied.map((row) => row.number),
  )
  for (const migration of pending) apply(database, migration)
}

function apply(database: Database, { number, name, sql }: Migration): void {
  database.exec('begin immediate')
  try {
    // The number first: a second process that starts now fails here, and finds the work done on its next start.
    database.prepare('insert into migrations (number, name) values (?, ?)').run(number, name)
    database.exec(sql)
    database.exec('commit')
  } catch (error) {
    database.exec('rollback')
    throw error
  }
}
