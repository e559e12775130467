/** Connections to PostgreSQL: a pool, its limits and deadlines, and what is tried again. Alone knows `pg`. */
import pg from 'pg'
import { StoreUnavailable } from '../store.js'
import { isTransient, tellConnectionTrouble } from './errors.js'

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
  /** Several statements, or one that may take minutes; not done again where the first try was committed unheard. */
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

/** A transaction, and the life of the server that has counted it. */
interface Mark {
  number: string
  life: string
}

const life = 'extract(epoch from pg_postmaster_start_time())::text'

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

  /** @param onCommit is told its mark, where it has changed anything, before anybody can say whether it was committed */
  async function inTransaction<T>(
    work: (query: Query) => Promise<T>,
    onCommit: (mark: Mark, result: T) => void,
  ): Promise<T> {
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
      const current = `select number, ${life} as life from pg_current_xact_id_if_assigned() number where number is not null`
      const [mark] = await query<Mark>(current)
      if (mark) onCommit(mark, result)
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

  /**
   * A transaction that ended unheard. A server that has taken over, or started again, may not have come to its number
   * or have given it to somebody else: there it counts as not committed.
   */
  async function wasCommitted({ number, life: before }: Mark): Promise<boolean> {
    const sql = `select pg_xact_status($1::xid8) as status where ${life} = $2`
    const [row] = await once<{ status: string }>(sql, [number, before])
    if (row?.status === 'in progress') tellConnectionTrouble(new Error('a commit has not ended yet'))
    return row?.status === 'committed'
  }

  function transaction<T>(work: (query: Query) => Promise<T>): Promise<T> {
    let unheard: { mark: Mark; result: T } | undefined
    return retried(async () => {
      if (unheard && (await wasCommitted(unheard.mark))) return unheard.result
      unheard = undefined
      return inTransaction(work, (mark, result) => {
        unheard = { mark, result }
      })
    })
  }

  return {
    once,
    retried,
    query: (sql, values) => retried(() => once(sql, values)),
    transaction,
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
