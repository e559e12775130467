/** The pool of connections to PostgreSQL: its limits and deadlines. The only file that imports `pg`. */
import pg from 'pg'
import { throwConnectionTrouble } from './errors.js'

export interface PostgresLog {
  warn(fields: object, message: string): void
}

export type Query = <Row>(sql: string, values?: readonly unknown[]) => Promise<Row[]>

/** One connection, for a transaction. */
export interface Connection {
  /** One statement; it may take 10 minutes. */
  query: Query
  /** @param error ends the connection instead of returning it to the pool, which also rolls back */
  release(error?: Error): void
}

export interface Pool {
  /** One statement, a transaction of its own. */
  query: Query
  connect(): Promise<Connection>
  end(): Promise<void>
}

/** Eight collectors stay below PostgreSQL's usual 100 connections. */
const maxConnections = 8
const connectMs = 2_000
const statementMs = 8_000
/** Our own deadline, for a server that no longer answers. */
const answerMs = 10_000
const longAnswerMs = 600_000

/** @param url may hold a password: never shown */
export function openPool(url: string, log?: PostgresLog): Pool {
  const pool = new pg.Pool({
    connectionString: url,
    application_name: 'tagferry',
    max: maxConnections,
    connectionTimeoutMillis: connectMs,
    statement_timeout: statementMs,
    lock_timeout: 3_000,
    idle_in_transaction_session_timeout: answerMs,
    query_timeout: answerMs,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    types: { getTypeParser },
  })
  // The pool replaces an idle connection that breaks when it needs the next one.
  pool.on('error', (error) => log?.warn({ error: error.message }, 'a database connection broke'))
  return {
    query: async (sql, values) =>
      (await pool.query(sql, values as unknown[]).catch(throwConnectionTrouble)).rows,
    async connect() {
      return toConnection(await pool.connect().catch(throwConnectionTrouble))
    },
    end: () => pool.end(),
  }
}

function toConnection(client: pg.PoolClient): Connection {
  let broken: Error | undefined
  const onError = (error: Error) => {
    broken = error
  }
  client.on('error', onError)
  return {
    async query(text, values) {
      const config = { text, ...(values && { values: values as unknown[] }), query_timeout: longAnswerMs }
      return (await client.query(config).catch(throwConnectionTrouble)).rows
    },
    release(error) {
      client.off('error', onError)
      client.release(error ?? broken)
    },
  }
}

/** int8 as a number: no id and no instant of the schema goes beyond 2^53. */
function getTypeParser(oid: number, format?: 'text' | 'binary') {
  return oid === 20 ? Number : pg.types.getTypeParser(oid, format as 'text')
}
