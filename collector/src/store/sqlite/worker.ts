/** The thread of the SQLite driver: opens the file, and answers all waiting calls in one transaction. */
import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads'
import { createEncryption, type Keys } from '../encryption.js'
import type { Migration } from '../sql/migrations.js'
import type { StoreTimes } from '../store.js'
import { type Calls, createCalls } from './calls.js'
import { CorruptRow } from './checksum.js'
import { createCounts } from './counts.js'
import { type Database, openDatabase } from './database.js'
import { isBreakage, isUnavailable } from './errors.js'
import { migrateSqlite } from './migrate.js'
import { createSavepoint } from './savepoint.js'

export interface WorkerSetup {
  file: string
  keys: Keys
  migrations: Migration[]
  /** How long to wait for another process's lock. */
  busyMs: number
  storeTimes: StoreTimes
}

/**
 * Up to the first size the check at start compares pages and indexes, up to the second size pages only. Each takes about
 * a second if the file is cached. The checksum of each event that is read finds damage in larger files.
 */
const maxBytesWithIndexes = 1e8
const maxCheckedBytes = 1e9

/** The operating system caches the other pages. A larger cache measured no faster. */
const cacheKb = 8_192

if (!parentPort) throw new Error('This file runs as a worker thread of the SQLite driver.')
const port = parentPort
const setup = workerData as WorkerSetup
const db = await open(setup)
const savepoint = createSavepoint(db)
const calls = createCalls({
  db,
  savepoint,
  encryption: createEncryption(setup.keys),
  storeTimes: setup.storeTimes,
  startBatch: createCounts(db),
})

async function open({ file, migrations, busyMs }: WorkerSetup): Promise<Database> {
  const database = await openDatabase(file)
  try {
    database.exec(
      `pragma busy_timeout = ${busyMs}; pragma journal_mode = wal; pragma synchronous = full;
       pragma foreign_keys = on; pragma wal_autocheckpoint = 8000; pragma cache_size = ${-cacheKb}`,
    )
    checkIntegrity(database)
    migrateSqlite(database, migrations)
  } catch (error) {
    if (!isBreakage(error)) throw error
    throw new Error(
      `${file} is damaged (${(error as Error).message}). Restore it from a backup, or move it away to start with an empty one.`,
    )
  }
  return database
}

function checkIntegrity(database: Database): void {
  const size = 'select page_count * page_size as bytes from pragma_page_count, pragma_page_size'
  const { bytes } = database.prepare(size).get() as { bytes: number }
  if (bytes > maxCheckedBytes) return
  const pragma = bytes > maxBytesWithIndexes ? 'quick_check' : 'integrity_check'
  const { [pragma]: found } = database.prepare(`pragma ${pragma}(1)`).get() as Record<string, string>
  if (found !== 'ok') throw new CorruptRow(found ?? 'no answer')
}

export type Message = { id: number; call: keyof Calls | 'close'; args: unknown[] }
export type Reply = { id: number; result?: unknown; error?: Failure }

interface Failure {
  message: string
  /** The sender should try again. */
  unavailable: boolean
  /** The file must not be used any more. */
  broken: boolean
}

const begin = db.prepare('begin immediate')
const commit = db.prepare('commit')

/** All waiting calls share one transaction, and so one fsync. Each may fail alone; a failed commit fails all. */
function answer(messages: Message[]): void {
  let replies: Reply[]
  try {
    begin.run()
    replies = messages.map(answerOne)
    commit.run()
  } catch (error) {
    if (db.isTransaction) db.exec('rollback')
    replies = messages.map(({ id }) => failureReply(id, error))
  }
  for (const reply of replies) port.postMessage(reply)
}

function answerOne({ id, call, args }: Message): Reply {
  if (call === 'close') return { id }
  try {
    return { id, result: savepoint(() => (calls[call] as (...args: unknown[]) => unknown)(...args)) }
  } catch (error) {
    if (isUnavailable(error)) throw error
    return failureReply(id, error)
  }
}

function failureReply(id: number, error: unknown): Reply {
  const message = error instanceof Error ? error.message : String(error)
  return { id, error: { message, unavailable: isUnavailable(error), broken: isBreakage(error) } }
}

port.on('message', (first: Message) => {
  const messages = [first]
  for (let next = receiveMessageOnPort(port); next; next = receiveMessageOnPort(port))
    messages.push(next.message)
  answer(messages)
  if (!messages.some(({ call }) => call === 'close')) return
  db.close()
  port.close()
})
port.postMessage({ id: 0 } satisfies Reply)
