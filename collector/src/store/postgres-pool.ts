/** Connections to PostgreSQL: a pool, its limits and deadlines, and what is tried again. Alone knows `pg`. */
import pg from 'pg'
import { isTransient, tellConnectionTrouble } from './postgres-errors.js'
import { StoreUnavailable } from './store.js'

export interface PostgresLog {
  warn(fields: object, message: string): void
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
