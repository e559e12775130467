/** Reads the migrations, numbered files of plain SQL, and decides which of them are to be applied. Independent of the driver. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

export interface Migration {
  number: number
  name: string
  sql: string
}

/** The migrations of a folder (`001-outbox.sql`, …) in order. */
export function readMigrations(folder: string): Migration[] {
  return readdirSync(folder)
    .filter((file) => /^\d{3}-[a-z-]+\.sql$/.test(file))
    .sort()
    .map((file) => ({
      number: Number(file.slice(0, 3)),
      name: file,
      sql: readFileSync(join(folder, file), 'utf8'),
    }))
}

/** The migrations that are not applied yet. Throws where a newer program has changed the schema. */
export function pendingMigrations(all: readonly Migration[], applied: readonly number[]): Migration[] {
  const newest = Math.max(0, ...all.map((migration) => migration.number))
  const unknown = applied.filter((number) => number > newest)
  if (unknown.length > 0) {
    throw new Error(
      `The database has schema ${Math.max(...unknown)}, this program knows ${newest}. ` +
        'Start the newer program that made it, or restore a backup from before the upgrade.',
    )
  }
  return all.filter((migration) => !applied.includes(migration.number))
}
