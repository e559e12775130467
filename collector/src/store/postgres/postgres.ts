/** The PostgreSQL driver put together: the pool, what each file does with it, natural group commit. */

import { createEncryption, type Keys } from '../encryption.js'
import { createGroups } from '../group-commit.js'
import type { Outbox } from '../outbox.js'
import { readMigrations } from '../sql/migrations.js'
import { StoreUnavailable } from '../store.js'
import { createAppend } from './append.js'
import { createClaims } from './claims.js'
import { readDatabaseClock } from './clock.js'
import { createSlots } from './counts.js'
import { migratePostgres } from './migrate.js'
import { connectPostgres, type Database, type PostgresLog } from './pool.js'
import { createQueries } from './queries.js'
import { createRecords } from './records.js'
import { createReplay } from './replay.js'
import { createReports } from './reports.js'

export interface PostgresOptions {
  /** `postgres://…`; its `sslmode` decides on TLS. */
  url: string
  /** 32 bytes each, the same in each collector; the first one seals. */
  key: Keys
  /** Folder of the numbered SQL files. */
  migrations: string
  clock: () => number
  /** Milliseconds that only go forward, whatever happens to the clock. */
  uptime: () => number
  log?: PostgresLog
}

/** On a full disk a heartbeat still fits where an event does not: what events heard lately counts as well. */
const refusedMs = 5_000

/** Connects, brings the tables up to date, and resolves when the store takes events. */
export async function openPostgres(options: PostgresOptions): Promise<Outbox> {
  const { clock, uptime, log } = options
  const database = connectPostgres(options.url, log)
  try {
    await refuseUnsafeCommits(database, log)
    await migratePostgres(database, readMigrations(options.migrations))
    const databaseClock = await readDatabaseClock(database, clock, uptime)
    const seal = createEncryption(options.key)
    const slots = createSlots()
    const groups = createGroups(createAppend(database, seal, databaseClock, slots))
    let closed = false
    let refusedAt: number | undefined
    return {
      ...createClaims(database, seal, databaseClock, slots),
      ...createReplay(database, databaseClock, slots),
      ...createQueries(database, databaseClock),
      ...createRecords(database, seal, clock),
      ...createReports(database, databaseClock),
      async append(entries) {
        if (closed) throw new StoreUnavailable('The store is closed.')
        try {
          const verdicts = await groups.append(entries)
          refusedAt = undefined
          return verdicts
        } catch (error) {
          refusedAt = uptime()
          throw error
        }
      },
      async check() {
        if (refusedAt !== undefined && uptime() - refusedAt < refusedMs)
          throw new StoreUnavailable('The last events could not be stored.')
        const beat = 'insert into heartbeat values (1, $1) on conflict (id) do update set at = excluded.at'
        await database.query(beat, [clock()])
      },
      async close() {
        closed = true
        databaseClock.stop()
        await groups.idle()
        await database.end()
      },
    }
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
