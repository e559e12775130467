/** The PostgreSQL driver: a pool of connections, what is tried again, natural group commit. Alone knows `pg`. */
import pg from 'pg'
import { createGroups } from './group.js'
import { readMigrations } from './migrate.js'
import type { Outbox } from './outbox.js'
import { createAppend } from './postgres-append.js'
import { createClaims } from './postgres-claims.js'
import { readDatabaseClock } from './postgres-clock.js'
import { createSlots } from './postgres-counts.js'
import { isTransient, tellConnectionTrouble } from './postgres-errors.js'
import { migratePostgres } from './postgres-migrate.js'
import { createRecords } from './postgres-records.js'
import { createReplay } from './postgres-replay.js'
import { createReports } from './postgres-reports.js'
import { createViews } from './postgres-views.js'
import { createSeal, type Keys } from './seal.js'
import { StoreUnavailable } from './store.js'

export interface PostgresLog {
  warn(fields: object, message: string): void
}

export interface PostgresOptions {
  /** `postgres://…`; its `sslmode` decides on TLS. */
  url: string
  /** 32 bytes each, the same in each collector; the first one seals. */
  key: Keys
  /** Folder of the numbered SQL files. */
  migrations: string
  clock: () => number
  /** Milliseconds that only go forward, whatever happens to the clock. */
  uptime: () => number
  log?: PostgresLog
}

export type Query = <Row>(sql: string, values?: readonly unknown[]) => Promise<Row[]>

export interface Database {
  /** One statement, a transaction of its own; tried again for a moment where that may help. */
  query: Query
  /** The same without a second try. */
  once: Query
  /** For work whose second try must know that it is one: the first may have been committed unheard. */
  retried<T>(work: (again: boolean) => Promise<T>): Promise<T>
  /** Several statements, or one that may take minutes. */
  transaction<T>(work: (query: Query) => Promise<T>): Promise<T>
  end(): Promise<void>
}

/** Eight collectors stay below PostgreSQL's usual 100 connections. */
const connections = 8
const statementMs = 8_000
/** Ours, for a server that has gone without a word. */
const answerMs = 10_000
/** How long a trouble may last before the caller hears of it. */
const patienceMs = 2_000
/** On a full disk a heartbeat still fits where an event does not: what events heard lately counts as well. */
const refusedMs = 5_000

/** Connects, brings the tables up to date, and resolves when the store takes events. */
export async function openPostgres(options: PostgresOptions): Promise<Outbox> {
  const { clock, uptime, log } = options
  const database = connectPostgres(options.url, log)
  try {
    await refuseUnsafeCommits(database, log)
    await migratePostgres(database, readMigrations(options.migrations))
    const databaseClock = await readDatabaseClock(database, clock, uptime)
    const seal = createSeal(options.key)
    const slots = createSlots()
    const groups = createGroups(createAppend(database, seal, databaseClock, slots))
    let closed = false
    let refusedAt: number | undefined
    return {
      ...createClaims(database, seal, databaseClock, slots),
      ...createReplay(database, databaseClock, slots),
      ...createViews(database, databaseClock),
      ...createRecords(database, seal, clock),
      ...createReports(database, databaseClock),
      async append(entries) {
        if (closed) throw new StoreUnavailable('The store is closed.')
        try {
          const verdicts = await groups.append(entries)
          refusedAt = undefined
          return verdicts
        } catch (error) {
          refusedAt = uptime()
          throw error
        }
      },
      async check() {
        if (refusedAt !== undefined && uptime() - refusedAt < refusedMs)
          throw new StoreUnavailable('The last events could not be stored.')
        const beat = 'insert into heartbeat values (1, $1) on conflict (id) do update set at = excluded.at'
        await database.query(beat, [clock()])
      },
      async close() {
        closed = true
        databaseClock.stop()
        await groups.idle()
        await database.end()
      },
    }
  } catch (error) {
    await database.end()
    throw error
  }
}

/** @param url may hold a password: never shown */
export function connectPostgres(url: string, log?: PostgresLog): Database {
  const pool = new pg.Pool({
    connectionString: url,
    application_name: 'tagferry',
    max: connections,
    connectionTimeoutMillis: patienceMs,
    statement_timeout: statementMs,
    lock_timeout: 3_000,
    idle_in_transaction_session_timeout: answerMs,
    query_timeout: answerMs,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    types: { getTypeParser },
  })
  // An idle connection that breaks is replaced by the next that is needed.
  pool.on('error', (error) => log?.warn({ error: error.message }, 'a database connection broke'))

  let ended = false

  const once: Query = async (sql, values) =>
    (await pool.query(sql, values as unknown[]).catch(tellConnectionTrouble)).rows

  async function retried<T>(work: (again: boolean) => Promise<T>): Promise<T> {
    const until = Date.now() + patienceMs
    for (let wait = 25, again = false; ; wait *= 2, again = true) {
      try {
        return await work(again)
      } catch (error) {
        if (!isTransient(error)) throw error
        if (ended) throw new StoreUnavailable('The store is closed.')
        if (Date.now() + wait > until) {
          throw new StoreUnavailable(`The database cannot be used now: ${(error as Error).message}`)
        }
        await new Promise((resolve) => setTimeout(resolve, wait))
      }
    }
  }

  async function inTransaction<T>(work: (query: Query) => Promise<T>): Promise<T> {
    const client = await pool.connect().catch(tellConnectionTrouble)
    let broken: Error | undefined
    const onError = (error: Error) => {
      broken = error
    }
    client.on('error', onError)
    const query: Query = async (text, values) => {
      const config = { text, ...(values && { values: values as unknown[] }), query_timeout: 600_000 }
      return (await client.query(config).catch(tellConnectionTrouble)).rows
    }
    try {
      await query('begin; set local statement_timeout = 0; set local lock_timeout = 0')
      const result = await work(query)
      await query('commit')
      return result
    } catch (error) {
      // Ending the connection is a rollback that cannot fail.
      broken = error as Error
      throw error
    } finally {
      client.off('error', onError)
      client.release(broken)
    }
  }

  return {
    once,
    retried,
    query: (sql, values) => retried(() => once(sql, values)),
    transaction: (work) => retried(() => inTransaction(work)),
    async end() {
      if (ended) return
      ended = true
      await pool.end()
    },
  }
}

/** int8 as a number: no id and no instant of ours goes beyond 2^53. */
function getTypeParser(oid: number, format?: 'text' | 'binary') {
  return oid === 20 ? Number : pg.types.getTypeParser(oid, format as 'text')
}

/** A 202 promises that the event is on disk; with these settings a commit does not. */
async function refuseUnsafeCommits(database: Database, log?: PostgresLog): Promise<void> {
  const [row] = await database.query<{ commit: string; fsync: string }>(
    `select current_setting('synchronous_commit') as commit, current_setting('fsync') as fsync`,
  )
  if (row?.commit !== 'on' && row?.commit !== 'remote_apply') {
    throw new Error(
      `The database says that a commit is done before it is on disk: synchronous_commit is ${row?.commit}. ` +
        'Set it to on for this database: ALTER DATABASE … SET synchronous_commit = on.',
    )
  }
  if (row.fsync !== 'on')
    log?.warn({ fsync: row.fsync }, 'the database does not sync: a power cut may lose events')
}
