/**
 * The clock of leases: the database's, so that collectors whose own clocks differ agree on who holds what.
 * Callers of the port read their own clock; their instants are moved by the difference at the driver's door.
 */
import type { Database } from './pool.js'

export interface DatabaseClock {
  /** An instant of this process in database time; Unix milliseconds. */
  toDatabase(ms: number): number
  fromDatabase(ms: number): number
  stop(): void
}

/** Unix milliseconds, as the database reads its clock. */
export const databaseNow = '(extract(epoch from clock_timestamp()) * 1000)::bigint'

const everyMs = 60_000

/**
 * Measures the difference now and each minute. In between it goes by what only goes forward: a collector whose
 * clock is set ahead must not think that the leases of the others have run out.
 * @param uptime milliseconds, monotonic
 */
export async function readDatabaseClock(
  database: Database,
  clock: () => number,
  uptime: () => number,
): Promise<DatabaseClock> {
  let aheadOfUptime = 0
  const measure = async () => {
    const before = uptime()
    const [row] = await database.query<{ ms: number }>(`select ${databaseNow} as ms`)
    if (row) aheadOfUptime = row.ms - (before + uptime()) / 2
  }
  await measure()
  // A difference that could not be measured anew is still the best one known.
  const timer = setInterval(() => void measure().catch(() => {}), everyMs).unref()
  const ahead = () => Math.round(aheadOfUptime + uptime() - clock())
  return {
    toDatabase: (ms) => ms + ahead(),
    fromDatabase: (ms) => ms - ahead(),
    stop: () => clearInterval(timer),
  }
}
