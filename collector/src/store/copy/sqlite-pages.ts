/** Reads a SQLite store for a copy: every table, a page at a time, in the order of its key. */
import { type Database, openDatabase } from '../sqlite/database.js'

export interface Table {
  name: string
  columns: string[]
  /** Columns of the primary key. */
  key: string[]
  /** Its rows belong to events, by a column `event`. */
  ofEvents: boolean
}

export type Values = Record<string, string | number | bigint | Uint8Array | null>

export interface Pages {
  tables: Table[]
  /** The largest id there ever was, of a table whose key is `id`. */
  lastId(table: Table): number
  /** The rows behind a row, or the first ones. */
  read(table: Table, after: Values | undefined, limit: number): Values[]
  close(): void
}

/** Tables that describe the file itself. */
const notCopied = ['migrations', 'heartbeat', 'last_left']

export async function openPages(file: string): Promise<Pages> {
  const db = await openDatabase(file, { readOnly: true })
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

/** Events first: the rows of other tables belong to them. */
function readTables(db: Database): Table[] {
  const names = db
    .prepare(`select name from sqlite_schema where type = 'table' and name not like 'sqlite_%'
      order by name <> 'events', name`)
    .all() as { name: string }[]
  return names.filter(({ name }) => !notCopied.includes(name)).map(({ name }) => readTable(db, name))
}

function readTable(db: Database, name: string): Table {
  const columns = db.prepare(`pragma table_info(${name})`).all() as { name: string; pk: number }[]
  const key = columns.filter(({ pk }) => pk > 0).sort((a, b) => a.pk - b.pk)
  const foreign = db.prepare(`pragma foreign_key_list(${name})`).all() as { table: string }[]
  return {
    name,
    columns: columns.map((column) => column.name),
    key: key.map((column) => column.name),
    ofEvents: foreign.some(({ table }) => table === 'events'),
  }
}
