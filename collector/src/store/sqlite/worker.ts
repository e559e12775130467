/** The SQLite driver's thread: opens the file, and runs the calls that wait in one transaction. */
import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads'
import type { DatabaseSyncInstance as Database } from '@photostructure/sqlite'
import { createEncryption, type Keys } from '../encryption.js'
import { type Migration, pendingMigrations } from '../sql/migrations.js'
import { CorruptRow } from './checksum.js'
import { type Calls, createCalls } from './claims.js'
import { isBreakage, isMachineTrouble } from './errors.js'
import { createSavepoint } from './savepoint.js'

export interface WorkerSetup {
  file: string
  key: Keys
  migrations: Migration[]
  /** How long to wait for another process's lock. */
  busyMs: number
}

/** Each a second, in memory: with its indexes compared, and its pages alone. Larger files are found out by what is read. */
const comparedBytes = 1e8
const checkedBytes = 1e9

/** What is not in here the system's own cache has, as far as memory is free: a larger one measured no faster. */
const cacheKb = 8_192

const setup = workerData as WorkerSetup
const db = await open(setup)
const alone = createSavepoint(db)
const calls = createCalls(db, createEncryption(setup.key), alone)

/** Node has the same interface built in from 22.13 on, at first with a warning that tells the owner nothing. */
async function importSqlite(): Promise<new (file: string) => Database> {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  const builtIn = major > 22 || (major === 22 && minor >= 13)
  const { emitWarning } = process
  process.emitWarning = () => {}
  try {
    const module = await import(builtIn ? 'node:sqlite' : '@photostructure/sqlite')
    return (module as { DatabaseSync: new (file: string) => Database }).DatabaseSync
  } finally {
    process.emitWarning = emitWarning
  }
}

async function open({ file, migrations, busyMs }: WorkerSetup): Promise<Database> {
  const DatabaseSync = await importSqlite()
  const database = new DatabaseSync(file)
  try {
    prepare(database, migrations, busyMs)
  } catch (error) {
    if (!isBreakage(error)) throw error
    throw new Error(
      `${file} is damaged (${(error as Error).message}). Restore it from a backup, or move it away to start with an empty one.`,
    )
  }
  return database
}

function prepare(database: Database, migrations: Migration[], busyMs: number): void {
  database.exec(
    `pragma busy_timeout = ${busyMs}; pragma journal_mode = wal; pragma synchronous = full; pragma foreign_keys = on;
     pragma wal_autocheckpoint = 8000; pragma cache_size = ${-cacheKb}`,
  )
  check(database)
  migrate(database, migrations)
}

function check(database: Database): void {
  const size = 'select page_count * page_size as bytes from pragma_page_count, pragma_page_size'
  const { bytes } = database.prepare(size).get() as { bytes: number }
  if (bytes > checkedBytes) return
  const pragma = bytes > comparedBytes ? 'quick_check' : 'integrity_check'
  const { [pragma]: found } = database.prepare(`pragma ${pragma}(1)`).get() as Record<string, string>
  if (found !== 'ok') throw new CorruptRow(found ?? 'no answer')
}

function migrate(database: Database, migrations: Migration[]): void {
  database.exec(
    'create table if not exists migrations (number integer primary key, name text not null) strict',
  )
  const applied = database.prepare('select number from migrations').all() as { number: number }[]
  const pending = pendingMigrations(
    migrations,
    applied.map((row) => row.number),
  )
  for (const { number, name, sql } of pending) {
    database.exec('begin immediate')
    try {
      // The number first: a second process starting now fails here and finds the work done on its next try.
      database.prepare('insert into migrations (number, name) values (?, ?)').run(number, name)
      database.exec(sql)
      database.exec('commit')
    } catch (error) {
      database.exec('rollback')
      throw error
    }
  }
}

export type Message = { id: number; call: keyof Calls | 'close'; args: unknown[] }
export type Reply = { id: number; result?: unknown; error?: Failure }

interface Failure {
  message: string
  /** The sender should try again. */
  unavailable: boolean
  /** Nothing more can be trusted to this file. */
  broken: boolean
}

if (!parentPort) throw new Error('This file runs as a worker thread of the SQLite driver.')
const port = parentPort

const begin = db.prepare('begin immediate')
const commit = db.prepare('commit')

/** All calls that wait share one transaction, and so one fsync; each may fail alone, a failed commit fails all. */
function answer(messages: Message[]): void {
  let replies: Reply[]
  try {
    begin.run()
    replies = messages.map(answerOne)
    commit.run()
  } catch (error) {
    if (db.isTransaction) db.exec('rollback')
    replies = messages.map(({ id }) => failure(id, error))
  }
  for (const reply of replies) port.postMessage(reply)
}

function answerOne({ id, call, args }: Message): Reply {
  if (call === 'close') return { id }
  try {
    return { id, result: alone(() => (calls[call] as (...args: unknown[]) => unknown)(...args)) }
  } catch (error) {
    if (isMachineTrouble(error)) throw error
    return failure(id, error)
  }
}

const failure = (id: number, error: unknown): Reply => {
  const message = error instanceof Error ? error.message : String(error)
  return { id, error: { message, unavailable: isMachineTrouble(error), broken: isBreakage(error) } }
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
