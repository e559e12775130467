// Opens the data of a collector under test, SQLite or PostgreSQL, and reads them without the code of the collector.
import { join } from 'node:path'
import { DatabaseSync } from '@photostructure/sqlite'
import { type PostgresServer, startPostgres } from '../support/postgres.js'
import { temporaryDir } from '../support/temporary.js'
import type { EventState, Stored } from './ledger.js'

export type StoreKind = 'sqlite' | 'postgres'

export interface Data {
  kind: StoreKind
  /** Data folder of the collector. */
  dir: string
  /** Settings that make a collector use these data. */
  env: Record<string, string>
  /** Runs one statement, even while a collector uses the data. */
  query<Row extends Record<string, unknown>>(sql: string): Promise<Row[]>
}

let server: Promise<PostgresServer> | undefined

/** Opens empty data, or the data in a folder. */
export async function openData(kind: StoreKind, dir = temporaryDir()): Promise<Data> {
  if (kind === 'sqlite') return { kind, dir, env: {}, query: async (sql) => querySqlite(dir, sql) }
  server ??= startPostgres()
  const postgres = await server
  return dataInPostgres(postgres, await postgres.database(), dir)
}

/** Data in a database of a server that the experiment has started. */
export function dataInPostgres(postgres: PostgresServer, url: string, dir = temporaryDir()): Data {
  return {
    kind: 'postgres',
    dir,
    env: { TAGFERRY_DATABASE_URL: url, TAGFERRY_SECRET: Buffer.alloc(32, 7).toString('base64') },
    query: <Row extends Record<string, unknown>>(sql: string) => postgres.query<Row>(sql, url),
  }
}

/** Stops the server that `openData` has started. */
export async function closeData(): Promise<void> {
  await (await server?.catch(() => undefined))?.stop()
  server = undefined
}

function querySqlite<Row>(dir: string, sql: string): Row[] {
  const database = new DatabaseSync(join(dir, 'tagferry.db'))
  try {
    database.exec('pragma busy_timeout = 5000')
    // After a power cut that took everything there is not even a table.
    const isEmpty = database.prepare("select 1 from sqlite_schema where name = 'events'").get() === undefined
    return isEmpty && !sql.startsWith('pragma') ? [] : (database.prepare(sql).all() as Row[])
  } finally {
    database.close()
  }
}

/** Reads the state of every event, and checks the integrity of an SQLite file. */
export async function readStored(data: Data): Promise<Stored> {
  const rows = await data.query<{ id: string; state: EventState | null; reason: string | null }>(
    `select e.event_id as id, d.state as state, e.skip_reason as reason
     from events e left join deliveries d on d.event = e.id order by e.id`,
  )
  const states = new Map(rows.map(({ id, state, reason }) => [id, state ?? (reason ? 'skipped' : 'missing')]))
  const integrity =
    data.kind === 'sqlite'
      ? (await data.query<{ integrity_check: string }>('pragma integrity_check'))[0]?.integrity_check
      : 'ok'
  return { states, integrity: integrity ?? 'no answer' }
}

/** Number of pending deliveries. */
export async function countPending(data: Data): Promise<number> {
  const [row] = await data.query<{ n: number | string }>(
    "select count(*) as n from deliveries where state = 'pending'",
  )
  return Number(row?.n ?? 0)
}

/** Ends all leases at once, instead of after 60 s. */
export async function expireLeases(data: Data): Promise<void> {
  await data.query(
    "update deliveries set due_at = 0 where state = 'pending' and lease is not null returning 1",
  )
}
