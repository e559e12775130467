/** Runs statements and transactions on PostgreSQL, and tries them again for a moment where that may help. */
import { StoreUnavailable } from '../store.js'
import { isTransient, throwConnectionTrouble } from './errors.js'
import { openPool, type Pool, type PostgresLog, type Query } from './pool.js'

export interface Database {
  /** One statement, a transaction of its own; tried again for a moment where that may help. */
  query: Query
  /** The same without another try. */
  once: Query
  /** For work that must know whether this is another try: the first one may have been committed unnoticed. */
  retried<T>(work: (isRetry: boolean) => Promise<T>): Promise<T>
  /** Several statements, or one that may take minutes. Not repeated where the first try was committed unnoticed. */
  transaction<T>(work: (query: Query) => Promise<T>): Promise<T>
  end(): Promise<void>
}

export interface DatabaseOptions {
  /** May hold a password: never shown. */
  url: string
  /** Milliseconds, monotonic. */
  uptime: () => number
  log?: PostgresLog | undefined
}

interface State {
  pool: Pool
  uptime: () => number
  hasEnded: boolean
}

/** How long a failure may last before the caller gets it. */
const maxRetryMs = 2_000
const firstRetryMs = 25

export function connectPostgres({ url, uptime, log }: DatabaseOptions): Database {
  const pool = openPool(url, log)
  const state: State = { pool, uptime, hasEnded: false }
  return {
    once: pool.query,
    retried: (work) => retry(state, work),
    query: (sql, values) => retry(state, () => pool.query(sql, values)),
    transaction: (work) => transaction(state, work),
    async end() {
      if (state.hasEnded) return
      state.hasEnded = true
      await pool.end()
    },
  }
}

async function retry<T>(state: State, work: (isRetry: boolean) => Promise<T>): Promise<T> {
  const until = state.uptime() + maxRetryMs
  for (let waitMs = firstRetryMs, isRetry = false; ; waitMs *= 2, isRetry = true) {
    try {
      return await work(isRetry)
    } catch (error) {
      if (!isTransient(error)) throw error
      if (state.hasEnded) throw new StoreUnavailable('The store is closed.')
      if (state.uptime() + waitMs > until) {
        throw new StoreUnavailable(`The database cannot be used now: ${(error as Error).message}`)
      }
      await new Promise((resolve) => setTimeout(resolve, waitMs))
    }
  }
}

/** Identifies a transaction that has written: its number, and the start of the server that gave the number. */
interface TransactionMark {
  number: string
  serverStart: string
}

const serverStart = 'extract(epoch from pg_postmaster_start_time())::text'
const currentMark = `
select number, ${serverStart} as "serverStart" from pg_current_xact_id_if_assigned() number
where number is not null`

function transaction<T>(state: State, work: (query: Query) => Promise<T>): Promise<T> {
  let uncertain: { mark: TransactionMark; result: T } | undefined
  return retry(state, async () => {
    if (uncertain && (await wasCommitted(state.pool, uncertain.mark))) return uncertain.result
    uncertain = undefined
    return runTransaction(state.pool, work, (mark, result) => {
      uncertain = { mark, result }
    })
  })
}

/** @param onCommit called just before the commit of a transaction that has written: its answer may be lost */
async function runTransaction<T>(
  pool: Pool,
  work: (query: Query) => Promise<T>,
  onCommit: (mark: TransactionMark, result: T) => void,
): Promise<T> {
  const { query, release } = await pool.connect()
  try {
    await query('begin; set local statement_timeout = 0; set local lock_timeout = 0')
    const result = await work(query)
    const [mark] = await query<TransactionMark>(currentMark)
    if (mark) onCommit(mark, result)
    await query('commit')
    release()
    return result
  } catch (error) {
    // Ending the connection is a rollback that cannot fail.
    release(error as Error)
    throw error
  }
}

/**
 * Whether a transaction was committed whose commit was not answered. Another server, or the same one after a restart,
 * may not have come to its number, or may have given it to another transaction: there it counts as not committed.
 */
async function wasCommitted(pool: Pool, mark: TransactionMark): Promise<boolean> {
  const sql = `select pg_xact_status($1::xid8) as status where ${serverStart} = $2`
  const [row] = await pool.query<{ status: string }>(sql, [mark.number, mark.serverStart])
  if (row?.status === 'in progress') throwConnectionTrouble(new Error('a commit has not ended yet'))
  return row?.status === 'committed'
}
