/** Reads a SQLite outbox for a copy: every table there is, a page at a time, in the order of its key. */
import type { DatabaseSyncInstance as Database } from '@photostructure/sqlite'

export interface Table {
  name: string
  columns: string[]
  /** Columns of the primary key. */
  key: string[]
  /** Its rows belong to events, by a column of that name. */
  ofEvents: boolean
}

export type Values = Record<string, string | number | bigint | Uint8Array | null>

export interface Pages {
  tables: Table[]
  /** The largest id there was, of a table whose key is one. */
  lastId(table: Table): number
  /** Rows behind a row, or the first ones. */
  read(table: Table, after: Values | undefined, limit: number): Values[]
  close(): void
}

/** Not the program's data: these belong to the database itself. */
const own = ['migrations', 'heartbeat', 'last_left']

export async function openPages(file: string): Promise<Pages> {
  // The package serves all versions of Node; a copy need not be as fast as the collector.
  const { DatabaseSync } = await import('@photostructure/sqlite')
  const db = new DatabaseSync(file, { readOnly: true })
  return {
    tables: readTables(db),
    lastId({ name }) {
      const left = name === 'events' ? '(select event from last_left)' : 0
      const last = db.prepare(`select max(${left}, coalesce(max(id), 0)) as id from ${name}`)
      return (last.get() as { id: number }).id
    },
    read({ name, key }, after, limit) {
      const order = key.join(', ')
      const behind = after ? `where (${order}) > (${key.map(() => '?').join(', ')})` : ''
      const values = after ? key.map((column) => after[column] ?? null) : []
      const page = db.prepare(`select * from ${name} ${behind} order by ${order} limit ?`)
      return page.all(...values, limit) as Values[]
    },
    close: () => db.close(),
  }
}

/** Events first: the rest belongs to them. */
function readTables(db: Database): Table[] {
  const names = db
    .prepare(`select name from sqlite_schema where type = 'table' and name not like 'sqlite_%'
      order by name <> 'events', name`)
    .all() as { name: string }[]
  return names
    .filter(({ name }) => !own.includes(name))
    .map(({ name }) => {
      const columns = db.prepare(`pragma table_info(${name})`).all() as { name: string; pk: number }[]
      const key = columns.filter(({ pk }) => pk > 0).sort((a, b) => a.pk - b.pk)
      const foreign = db.prepare(`pragma foreign_key_list(${name})`).all() as { table: string }[]
      return {
        name,
        columns: columns.map((column) => column.name),
        key: key.map((column) => column.name),
        ofEvents: foreign.some(({ table }) => table === 'events'),
      }
    })
}
