/** Copies a SQLite outbox to PostgreSQL; stopped on the way, the next run goes on. */
import { connectPostgres, type Database } from '../postgres/pool.js'
import { openPages, type Pages, type Table, type Values } from './sqlite-pages.js'

export interface Copied {
  /** Events that the run has brought over. */
  copied: number
  /** Events that were there before it. */
  present: number
}

const pageRows = 1_000

/** Both must have their tables already. Rows keep their ids; what is there stays as it is. */
export async function migrateStore(file: string, url: string): Promise<Copied> {
  const pages = await openPages(file)
  const database = connectPostgres(url)
  try {
    // Before any row is copied: events that arrive from now on get ids behind all of these.
    for (const table of pages.tables) if (table.key.join() === 'id') await keepIds(database, pages, table)
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

async function keepIds(database: Database, pages: Pages, table: Table): Promise<void> {
  // Never back: a collector may take an id between the look and the change.
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
    const json = JSON.stringify(rows, asText)
    const { length } = await database.query(insert, [json])
    if (name === 'events' && length < rows.length) await refuseForeign(database, given, json)
    counts.copied += length
    counts.present += rows.length - length
  }
}

/** What was not inserted must be there: an id that another event has would cost this one. */
async function refuseForeign(database: Database, given: string, json: string): Promise<void> {
  const missing = await database.query(
    `select 1 from ${given} where not exists (
       select 1 from events where (site, event, event_id) = (given.site, given.event, given.event_id)) limit 1`,
    [json],
  )
  if (missing.length > 0)
    throw new Error('The PostgreSQL database holds other events already: copy into an empty one.')
}

/** Bytes as PostgreSQL reads them; it takes no U+0000. */
function asText(_key: string, value: unknown): unknown {
  if (value instanceof Uint8Array) return `\\x${Buffer.from(value).toString('hex')}`
  return typeof value === 'string' ? value.replaceAll('\0', '') : value
}
