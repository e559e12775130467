// Knows where a collector's events lie during a proof, and how they are read without its help: SQLite or PostgreSQL.
import { join } from 'node:path'
import { DatabaseSync } from '@photostructure/sqlite'
import { type PostgresServer, startPostgres } from '../support/postgres.js'
import { temporaryDir } from '../support/temporary.js'
import type { EventState, Stored } from './ledger.js'

export type StoreKind = 'sqlite' | 'postgres'

export interface Data {
  kind: StoreKind
  /** The collector's data folder. */
  dir: string
  /** Settings that lead the collector to it. */
  env: Record<string, string>
  /** One statement; also while a collector works on it. */
  query<Row extends Record<string, unknown>>(sql: string): Promise<Row[]>
}

let server: Promise<PostgresServer> | undefined

/** Empty data, or those that lie in a folder already. */
export async function openData(kind: StoreKind, dir = temporaryDir()): Promise<Data> {
  if (kind === 'sqlite') return { kind, dir, env: {}, query: async (sql) => querySqlite(dir, sql) }
  server ??= startPostgres()
  const postgres = await server
  return dataInPostgres(postgres, await postgres.database(), dir)
}

/** Data in a database of a server that the proof has for itself. */
export function dataInPostgres(postgres: PostgresServer, url: string, dir = temporaryDir()): Data {
  return {
    kind: 'postgres',
    dir,
    env: { TAGFERRY_DATABASE_URL: url, TAGFERRY_SECRET: Buffer.alloc(32, 7).toString('base64') },
    query: <Row extends Record<string, unknown>>(sql: string) => postgres.query<Row>(sql, url),
  }
}

export async function closeData(): Promise<void> {
  await (await server?.catch(() => undefined))?.stop()
  server = undefined
}

function querySqlite<Row>(dir: string, sql: string): Row[] {
  const database = new DatabaseSync(join(dir, 'tagferry.db'))
  try {
    database.exec('pragma busy_timeout = 5000')
    // After a cut that took all, there is not even a table.
    const empty = database.prepare("select 1 from sqlite_schema where name = 'events'").get() === undefined
    return empty && !sql.startsWith('pragma') ? [] : (database.prepare(sql).all() as Row[])
  } finally {
    database.close()
  }
}

export async function readStored(data: Data): Promise<Stored> {
  const rows = await data.query<{ id: string; state: EventState | null; reason: string | null }>(
    `select e.event_id as id, d.state as state, e.skip_reason as reason
     from events e left join deliveries d on d.event = e.id order by e.id`,
  )
  const fates = new Map(rows.map(({ id, state, reason }) => [id, state ?? (reason ? 'skipped' : 'nothing')]))
  const integrity =
    data.kind === 'sqlite'
      ? (await data.query<{ integrity_check: string }>('pragma integrity_check'))[0]?.integrity_check
      : 'ok'
  return { fates, integrity: integrity ?? 'no answer' }
}

export async function countPending(data: Data): Promise<number> {
  const [row] = await data.query<{ n: number | string }>(
    "select count(*) as n from deliveries where state = 'pending'",
  )
  return Number(row?.n ?? 0)
}

/** Moves the leases of a dead collector into the past, as the 60 s would that nobody wants to wait. */
export async function expireLeases(data: Data): Promise<void> {
  await data.query(
    "update deliveries set due_at = 0 where state = 'pending' and lease is not null returning 1",
  )
}
