/** The SQLite driver: one file, one worker thread, natural group commit. Knows no SQL itself. */
import { randomUUID } from 'node:crypto'
import { Worker } from 'node:worker_threads'
import type { Keys } from '../encryption.js'
import { createGroups } from '../group-commit.js'
import type { Outbox } from '../outbox.js'
import { readHours } from '../sql/hourly-rollups.js'
import { readMigrations } from '../sql/migrations.js'
import { StoreUnavailable } from '../store.js'
import type { Calls } from './claims.js'
import type { Message, Reply, WorkerSetup } from './worker.js'

export interface SqliteOptions {
  /** Path of the database file; `:memory:` for tests. */
  file: string
  /** 32 bytes each; the first one seals. */
  key: Keys
  /** Folder of the numbered SQL files. */
  migrations: string
  /** The built worker, `sqlite-worker.js`. */
  worker: URL
  clock: () => number
  /** How long to wait for another process's lock; 2 s unless told. */
  busyMs?: number
  /** The disk has failed a commit, or the file is damaged: nothing is acknowledged from now on. */
  onBroken?: (reason: string) => void
}

/** A quarter of the usual: what the worker makes is a batch, gone with the next. No bound on what lives longer. */
const maxYoungGenerationSizeMb = 12

/** In one transaction; what arrives meanwhile need not wait for all of them. */
const abandonedAtOnce = 1_000

/** Opens the file, brings its tables up to date, and resolves when it takes events. */
export async function openSqlite(options: SqliteOptions): Promise<Outbox> {
  const { call, close } = await startWorker(options)
  const groups = createGroups((rows, counted) => call('append', rows, counted))
  return {
    append: groups.append,
    claim: (connection, now, limit, leaseMs) => call('claim', connection, now, limit, leaseMs, randomUUID()),
    settle: ({ token, vendor }, settlements, now, attempt) =>
      call('settle', token, vendor, [...settlements], now, attempt),
    pause: (connection, reason, now) => call('pause', connection, reason, now),
    resume: (connection) => call('resume', connection),
    nextDue: (connection) => call('nextDue', connection),
    list: (query) => call('list', query),
    skips: () => call('skips'),
    purge: (before, after, limit) => call('purge', before, after, limit),
    replay: (which, now) => call('replay', which, now),
    erase: (hash) => call('erase', hash),
    queues: () => call('queues'),
    records: (kind) => call('records', kind),
    record: (kind, id) => call('record', kind, id),
    write: (writes, change) => call('write', [...writes], change, options.clock()),
    changes: (query) => call('changes', query),
    revision: () => call('revision'),
    keys: (keys) => call('keys', [...keys]),
    reseal: (limit) => call('reseal', limit),
    events: (query) => call('events', query),
    event: (id) => call('event', id),
    hours: async (query) => readHours(await call('hours', query)),
    values: (query) => call('values', query),
    waits: (query) => call('waits', query),
    rejectedSamples: () => call('knocks'),
    pauses: () => call('pauses'),
    lastAttempt: (connection) => call('lastAttempt', connection),
    async cancelPending(site, now) {
      let count = 0
      for (let ended = abandonedAtOnce; ended === abandonedAtOnce; count += ended)
        ended = await call('abandon', site, now, abandonedAtOnce)
      return count
    },
    check: () => call('check', options.clock()),
    close,
  }
}

type Call = <Name extends keyof Calls>(
  name: Name,
  ...args: Parameters<Calls[Name]>
) => Promise<ReturnType<Calls[Name]>>

async function startWorker(options: SqliteOptions): Promise<{ call: Call; close: () => Promise<void> }> {
  const { file, key, busyMs = 2_000 } = options
  const setup: WorkerSetup = { file, key, busyMs, migrations: readMigrations(options.migrations) }
  const resourceLimits = { maxYoungGenerationSizeMb }
  const worker = new Worker(options.worker, { workerData: setup, name: 'sqlite', resourceLimits })
  const calls = new Map<number, { resolve: (result: never) => void; reject: (error: Error) => void }>()
  let last = 0
  let gone: Error | undefined
  let exited = false

  const call: Call = (name, ...args) =>
    new Promise((resolve, reject) => {
      if (gone) return reject(gone)
      calls.set(++last, { resolve, reject })
      worker.postMessage({ id: last, call: name, args } satisfies Message)
    })
  const started = new Promise<void>((resolve, reject) => {
    calls.set(0, { resolve: resolve as (result: never) => void, reject })
  })
  const end = (error: Error) => {
    gone ??= error
    for (const waiting of calls.values()) waiting.reject(gone)
    calls.clear()
  }
  worker.on('message', ({ id, result, error }: Reply) => {
    const waiting = calls.get(id)
    calls.delete(id)
    if (error?.broken) {
      end(new StoreUnavailable(error.message))
      options.onBroken?.(error.message)
    }
    if (!error) waiting?.resolve(result as never)
    else waiting?.reject(error.unavailable ? new StoreUnavailable(error.message) : new Error(error.message))
  })
  worker.on('error', end)
  const closed = new Promise<void>((resolve) => {
    worker.on('exit', () => {
      exited = true
      end(new StoreUnavailable('The store is closed.'))
      resolve()
    })
  })
  await started
  return {
    call,
    async close() {
      if (!exited) worker.postMessage({ id: ++last, call: 'close', args: [] } satisfies Message)
      await closed
    },
  }
}
