/** The SQLite driver: one file, one thread, group commit. Sends each call of the ports to the thread. */
import { randomUUID } from 'node:crypto'
import { Worker } from 'node:worker_threads'
import type { Keys } from '../encryption.js'
import { createGroupCommit } from '../group-commit.js'
import type { Outbox } from '../outbox.js'
import { readHours } from '../sql/hourly-rollups.js'
import { readMigrations } from '../sql/migrations.js'
import { type StoreTimes, StoreUnavailable } from '../store.js'
import type { Calls } from './calls.js'
import type { Message, Reply, WorkerSetup } from './worker.js'

export interface SqliteOptions {
  /** Path of the database file; `:memory:` for tests. */
  file: string
  /** 32 bytes each; the first one encrypts. */
  keys: Keys
  /** Folder of the numbered SQL files. */
  migrations: string
  /** The built worker, `sqlite-worker.js`. */
  worker: URL
  /** Unix milliseconds. */
  clock: () => number
  storeTimes: StoreTimes
  /** How long to wait for another process's lock; default 2 s. */
  busyMs?: number
  /** Called once when a commit failed on the disk or the file is damaged. From then on every call rejects. */
  onBroken?: (reason: string) => void
}

/** A quarter of V8's default. What the worker allocates belongs to one batch; longer-lived memory is not limited. */
const maxYoungGenerationSizeMb = 12

/** Most deliveries that are ended in one transaction, so that other calls wait only briefly. */
const maxCancelledAtOnce = 1_000

/** Opens the file, applies the migrations, and resolves when the store takes events. */
export async function openSqlite(options: SqliteOptions): Promise<Outbox> {
  const { call, close } = await startWorker(options)
  const { clock } = options
  const groups = createGroupCommit((rows, rejected) => call('append', rows, rejected))
  return {
    append: groups.append,
    claim: (connection, now, limit, leaseMs, maxBytes = Number.MAX_SAFE_INTEGER) =>
      call('claim', connection, now, { limit, maxBytes }, leaseMs, randomUUID()),
    settle: ({ token, vendor }, settlements, now, attempt) =>
      call('settle', { token, vendor }, [...settlements], now, attempt),
    pause: (connection, reason, now) => call('pause', connection, reason, now),
    resume: (connection) => call('resume', connection),
    nextDue: (connection) => call('nextDue', connection),
    purge: (before, after, limit) => call('purge', before, after, limit),
    purgeAttempts: (before, limit) => call('purgeAttempts', before, limit),
    replay: (which, now) => call('replay', which, now),
    erase: (hash) => call('erase', hash),
    async cancelPending(site, now) {
      let count = 0
      for (let ended = maxCancelledAtOnce; ended === maxCancelledAtOnce; count += ended)
        ended = await call('cancelPending', site, now, maxCancelledAtOnce)
      return count
    },
    queues: () => call('queues'),
    records: (kind) => call('records', kind),
    record: (kind, id) => call('record', kind, id),
    write: (writes, change) => call('write', [...writes], change, clock()),
    changes: (query) => call('changes', query),
    revision: () => call('revision'),
    setKeys: (keys) => call('setKeys', [...keys]),
    reencrypt: (limit) => call('reencrypt', limit),
    events: (query) => call('events', query),
    event: (id) => call('event', id),
    hours: async (query) => readHours(await call('hours', query)),
    values: (query) => call('values', query),
    waits: (query) => call('waits', query),
    rejectedSamples: () => call('rejectedSamples'),
    pauses: () => call('pauses'),
    lastAttempt: (connection) => call('lastAttempt', connection),
    addInputProblems: (problems, removeBefore) => call('addInputProblems', [...problems], removeBefore),
    inputProblems: (query) => call('inputProblems', query),
    check: () => call('check', clock()),
    close,
  }
}

type Call = <Name extends keyof Calls>(
  name: Name,
  ...args: Parameters<Calls[Name]>
) => Promise<ReturnType<Calls[Name]>>

interface WorkerState {
  worker: Worker
  /** Calls that are not answered yet, by their number. */
  open: Map<number, { resolve: (result: never) => void; reject: (error: Error) => void }>
  lastNumber: number
  /** Why no call is taken any more. */
  gone?: Error
}

async function startWorker(options: SqliteOptions): Promise<{ call: Call; close: () => Promise<void> }> {
  const { file, keys, storeTimes, busyMs = 2_000 } = options
  const migrations = readMigrations(options.migrations)
  const setup: WorkerSetup = { file, keys, migrations, storeTimes, busyMs }
  const resourceLimits = { maxYoungGenerationSizeMb }
  const worker = new Worker(options.worker, { workerData: setup, name: 'sqlite', resourceLimits })
  const state: WorkerState = { worker, open: new Map(), lastNumber: 0 }
  const started = new Promise<void>((resolve, reject) => {
    state.open.set(0, { resolve: resolve as (result: never) => void, reject })
  })
  let hasExited = false
  worker.on('message', (reply: Reply) => receive(state, reply, options.onBroken))
  worker.on('error', (error) => end(state, error))
  const exited = new Promise<void>((resolve) => {
    worker.on('exit', () => {
      hasExited = true
      end(state, new StoreUnavailable('The store is closed.'))
      resolve()
    })
  })
  await started
  return {
    call: (name, ...args) => send(state, name, args),
    async close() {
      if (!hasExited)
        worker.postMessage({ id: ++state.lastNumber, call: 'close', args: [] } satisfies Message)
      await exited
    },
  }
}

function send<Result>(state: WorkerState, call: keyof Calls, args: unknown[]): Promise<Result> {
  return new Promise((resolve, reject) => {
    if (state.gone) return reject(state.gone)
    const id = ++state.lastNumber
    state.open.set(id, { resolve, reject })
    state.worker.postMessage({ id, call, args } satisfies Message)
  })
}

function receive(
  state: WorkerState,
  { id, result, error }: Reply,
  onBroken: SqliteOptions['onBroken'],
): void {
  const waiting = state.open.get(id)
  state.open.delete(id)
  if (error?.broken && !state.gone) {
    end(state, new StoreUnavailable(error.message))
    onBroken?.(error.message)
  }
  if (!error) waiting?.resolve(result as never)
  else waiting?.reject(error.unavailable ? new StoreUnavailable(error.message) : new Error(error.message))
}

/** Rejects the open calls, and each one after them. */
function end(state: WorkerState, error: Error): void {
  state.gone ??= error
  for (const waiting of state.open.values()) waiting.reject(state.gone)
  state.open.clear()
}
