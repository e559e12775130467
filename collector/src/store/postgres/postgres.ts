/** The PostgreSQL driver: one pool of connections, group commit. Puts the parts of the driver together. */
import { createEncryption, type Keys } from '../encryption.js'
import { createGroupCommit, type GroupCommit } from '../group-commit.js'
import type { Outbox } from '../outbox.js'
import { readMigrations } from '../sql/migrations.js'
import { type Store, type StoreTimes, StoreUnavailable } from '../store.js'
import { createAppend } from './append.js'
import { createClaims } from './claims.js'
import { readDatabaseClock } from './clock.js'
import type { Context } from './context.js'
import { createSlots } from './counts.js'
import { connectPostgres, type Database } from './database.js'
import { migratePostgres } from './migrate.js'
import type { PostgresLog } from './pool.js'
import { createQueries } from './queries.js'
import { createRecords } from './records.js'
import { createReplay } from './replay.js'
import { createReports } from './reports.js'

export interface PostgresOptions {
  /** `postgres://…`; its `sslmode` decides on TLS. */
  url: string
  /** 32 bytes each, the same in each collector; the first one encrypts. */
  keys: Keys
  /** Folder of the numbered SQL files. */
  migrations: string
  /** Unix milliseconds. */
  clock: () => number
  /** Milliseconds, monotonic. */
  uptime: () => number
  /** From 0 to 1. */
  random: () => number
  storeTimes: StoreTimes
  log?: PostgresLog
}

/** Connects, applies the migrations, and resolves when the store takes events. */
export async function openPostgres(options: PostgresOptions): Promise<Outbox> {
  const { url, uptime, log } = options
  const database = connectPostgres({ url, uptime, log })
  try {
    await refuseUnsafeCommits(database, log)
    await migratePostgres(database, readMigrations(options.migrations))
    return createOutbox(await createContext(database, options), uptime)
  } catch (error) {
    await database.end()
    throw error
  }
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

async function createContext(
  database: Database,
  { keys, clock, uptime, random, storeTimes }: PostgresOptions,
): Promise<Context> {
  return {
    database,
    encryption: createEncryption(keys),
    clock,
    databaseClock: await readDatabaseClock(database, clock, uptime),
    slots: createSlots(random),
    storeTimes,
  }
}

function createOutbox(context: Context, uptime: () => number): Outbox {
  const { database, databaseClock } = context
  const groups = createGroupCommit(createAppend(context))
  let isClosed = false
  return {
    ...createClaims(context),
    ...createReplay(context),
    ...createQueries(context),
    ...createRecords(context),
    ...createReports(context),
    ...createAppendAndCheck(context, groups, uptime, () => isClosed),
    async close() {
      isClosed = true
      databaseClock.stop()
      await groups.idle()
      await database.end()
    },
  }
}

/** A check fails for so long after a failed append: on a full disk a heartbeat still fits where an event does not. */
const failedAppendMs = 5_000

function createAppendAndCheck(
  { database, clock }: Context,
  groups: GroupCommit,
  uptime: () => number,
  isClosed: () => boolean,
): Pick<Store, 'append' | 'check'> {
  let failedAt: number | undefined
  return {
    async append(entries) {
      if (isClosed()) throw new StoreUnavailable('The store is closed.')
      try {
        const verdicts = await groups.append(entries)
        failedAt = undefined
        return verdicts
      } catch (error) {
        failedAt = uptime()
        throw error
      }
    },
    async check() {
      if (failedAt !== undefined && uptime() - failedAt < failedAppendMs)
        throw new StoreUnavailable('The last events could not be stored.')
      const beat = 'insert into heartbeat values (1, $1) on conflict (id) do update set at = excluded.at'
      await database.query(beat, [clock()])
    },
  }
}
