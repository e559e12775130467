/** The SQLite driver: one file, one worker thread, natural group commit. Knows no SQL itself. */
import { randomUUID } from 'node:crypto'
import { Worker } from 'node:worker_threads'
import { readMigrations } from './migrate.js'
import { type Row, toRow } from './row.js'
import type { Calls, Counted } from './sqlite-tables.js'
import type { Message, Reply, WorkerSetup } from './sqlite-worker.js'
import { type Entry, type Store, StoreUnavailable, type Verdict } from './store.js'

export interface SqliteOptions {
  /** Path of the database file; `:memory:` for tests. */
  file: string
  /** 32 bytes. */
  key: Uint8Array
  /** Folder of the numbered SQL files. */
  migrations: string
  /** The built worker, `sqlite-worker.js`. */
  worker: URL
  clock: () => number
  /** How long to wait for another process's lock; 2 s unless told. */
  busyMs?: number
}

/** Rows in one commit: bounds how long the last of a burst waits. */
const groupLimit = 2_000
/** One is being committed, one lies ready for the worker when it is done. */
const groupsInFlight = 2

interface Waiting {
  rows: Row[]
  counted: Counted[]
  resolve: (verdicts: Verdict[]) => void
  reject: (error: Error) => void
}

/** Opens the file, brings its tables up to date, and resolves when it takes events. */
export async function openSqlite(options: SqliteOptions): Promise<Store> {
  const { call, close } = await startWorker(options)
  let waiting: Waiting[] = []
  let groups = 0
  let scheduled = false

  // Whatever arrives in one turn of the event loop is one group; while it commits the next one gathers.
  // No fixed delay, and one fsync for many requests.
  const schedule = () => {
    if (scheduled || groups >= groupsInFlight) return
    scheduled = true
    setImmediate(() => {
      scheduled = false
      if (waiting.length > 0) void commit(takeGroup())
    })
  }
  const commit = async (group: Waiting[]) => {
    groups++
    const rows = group.flatMap((one) => one.rows)
    const counted = group.flatMap((one) => one.counted)
    try {
      const verdicts = await call('append', rows, counted)
      let at = 0
      for (const { rows: own, resolve } of group) {
        resolve(verdicts.slice(at, at + own.length))
        at += own.length
      }
    } catch (error) {
      for (const one of group) one.reject(error as Error)
    }
    groups--
    if (waiting.length > 0) schedule()
  }
  const takeGroup = () => {
    let size = 0
    let count = 0
    while (count < waiting.length && (count === 0 || size < groupLimit))
      size += waiting[count++]?.rows.length ?? 0
    const group = waiting.slice(0, count)
    waiting = waiting.slice(count)
    return group
  }

  return {
    async append(entries) {
      const counted = entries.filter((entry) => entry.kind === 'counted')
      const rows = entries.flatMap((entry) => toRow(entry) ?? [])
      const verdicts = await new Promise<Verdict[]>((resolve, reject) => {
        waiting.push({ rows, counted, resolve, reject })
        schedule()
      })
      return spread(entries, verdicts)
    },
    claim: (connection, now, limit, leaseMs) => call('claim', connection, now, limit, leaseMs, randomUUID()),
    settle: ({ token, vendor }, settlements, now, attempt) =>
      call('settle', token, vendor, [...settlements], now, attempt),
    pause: (connection, reason, now) => call('pause', connection, reason, now),
    resume: (connection) => call('resume', connection),
    nextDue: (connection) => call('nextDue', connection),
    list: (query) => call('list', query),
    skips: () => call('skips'),
    purge: (before, after, limit) => call('purge', before, after, limit),
    erase: (hash) => call('erase', hash),
    queues: () => call('queues'),
    check: () => call('check', options.clock()),
    close,
  }
}

/** Verdicts of the rows, with `stored` for what was only counted. */
function spread(entries: readonly Entry[], verdicts: readonly Verdict[]): Verdict[] {
  let at = 0
  return entries.map((entry) => (entry.kind === 'counted' ? 'stored' : (verdicts[at++] ?? 'refused')))
}

type Call = <Name extends keyof Calls>(
  name: Name,
  ...args: Parameters<Calls[Name]>
) => Promise<ReturnType<Calls[Name]>>

async function startWorker(options: SqliteOptions): Promise<{ call: Call; close: () => Promise<void> }> {
  const { file, key, busyMs = 2_000 } = options
  const setup: WorkerSetup = { file, key, busyMs, migrations: readMigrations(options.migrations) }
  const worker = new Worker(options.worker, { workerData: setup, name: 'sqlite' })
  const calls = new Map<number, { resolve: (result: never) => void; reject: (error: Error) => void }>()
  let last = 0
  let gone: Error | undefined

  const call: Call = (name, ...args) =>
    new Promise((resolve, reject) => {
      if (gone) return reject(gone)
      calls.set(++last, { resolve, reject })
      worker.postMessage({ id: last, call: name, args } satisfies Message)
    })
  const started = new Promise<void>((resolve, reject) => {
    calls.set(0, { resolve: resolve as (result: never) => void, reject })
  })
  worker.on('message', ({ id, result, error }: Reply) => {
    const waiting = calls.get(id)
    calls.delete(id)
    if (!error) waiting?.resolve(result as never)
    else waiting?.reject(error.unavailable ? new StoreUnavailable(error.message) : new Error(error.message))
  })
  const end = (error: Error) => {
    gone ??= error
    for (const waiting of calls.values()) waiting.reject(gone)
    calls.clear()
  }
  worker.on('error', end)
  const closed = new Promise<void>((resolve) => {
    worker.on('exit', () => {
      end(new StoreUnavailable('The store is closed.'))
      resolve()
    })
  })
  await started
  return {
    call,
    async close() {
      if (!gone) worker.postMessage({ id: ++last, call: 'close', args: [] } satisfies Message)
      await closed
    },
  }
}
