/** Copies a SQLite store to PostgreSQL. A run that was stopped is continued by the next one. */
import { connectPostgres, type Database, type DatabaseOptions } from '../postgres/database.js'
import { openPages, type Pages, type Table, type Values } from './sqlite-pages.js'

export interface Copied {
  /** Events that this run has copied. */
  copied: number
  /** Events that were there before it. */
  present: number
}

const pageRows = 1_000

/** Both must have their tables already. Rows keep their ids; rows that are there stay as they are. */
export async function copyToPostgres(file: string, to: DatabaseOptions): Promise<Copied> {
  const pages = await openPages(file)
  const database = connectPostgres(to)
  try {
    // Before any row is copied: events that arrive from now on get ids behind all of these.
    for (const table of pages.tables) if (table.key.join() === 'id') await reserveIds(database, pages, table)
    let events: Copied = { copied: 0, present: 0 }
    for (const table of pages.tables) {
      const counted = await copyTable(database, pages, table)
      if (table.name === 'events') events = counted
    }
    return events
  } finally {
    pages.close()
    await database.end()
  }
}

async function reserveIds(database: Database, pages: Pages, table: Table): Promise<void> {
  // Only forward: a collector may take an id between the comparison and the change.
  await database.query(
    `select setval(ids, $2) from (select pg_get_serial_sequence($1, 'id')::regclass as ids) counter
     where coalesce(pg_sequence_last_value(ids), 0) < $2`,
    [table.name, pages.lastId(table)],
  )
}

async function copyTable(database: Database, pages: Pages, table: Table): Promise<Copied> {
  const { name, columns, ofEvents } = table
  const given = `json_populate_recordset(null::${name}, $1::json) as given`
  const insert = `
    insert into ${name} (${columns.join(', ')}) select ${columns.join(', ')} from ${given}
    ${ofEvents ? 'where exists (select 1 from events where id = given.event)' : ''}
    on conflict do nothing returning 1`
  const counts: Copied = { copied: 0, present: 0 }
  let after: Values | undefined
  for (;;) {
    const rows = pages.read(table, after, pageRows)
    after = rows.at(-1)
    if (!after) return counts
    const json = JSON.stringify(rows, toPostgresJson)
    const { length } = await database.query(insert, [json])
    if (name === 'events' && length < rows.length) await refuseForeignEvents(database, given, json)
    counts.copied += length
    counts.present += rows.length - length
  }
}

/** A row that was not inserted must be there already. Where another event has its id, the event would be lost. */
async function refuseForeignEvents(database: Database, given: string, json: string): Promise<void> {
  const missing = await database.query(
    `select 1 from ${given} where not exists (
       select 1 from events where (site, event, event_id) = (given.site, given.event, given.event_id)) limit 1`,
    [json],
  )
  if (missing.length > 0)
    throw new Error('The PostgreSQL database holds other events already: copy into an empty one.')
}

/** Writes bytes as PostgreSQL reads them, and removes U+0000, which it does not take. */
function toPostgresJson(_key: string, value: unknown): unknown {
  if (value instanceof Uint8Array) return `\\x${Buffer.from(value).toString('hex')}`
  return typeof value === 'string' ? value.replaceAll('\0', '') : value
}
