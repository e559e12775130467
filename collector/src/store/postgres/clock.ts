/**
 * Measures the difference between this process's clock and the database's. Leases go by the database's clock, so that
 * collectors with different clocks agree on who holds what.
 */
import type { Database } from './database.js'

export interface DatabaseClock {
  /** Converts an instant of this process to the database's clock; Unix milliseconds. */
  toDatabase(ms: number): number
  fromDatabase(ms: number): number
  stop(): void
}

/** The database's clock in Unix milliseconds. */
export const databaseNow = '(extract(epoch from clock_timestamp()) * 1000)::bigint'

const measureEveryMs = 60_000

/**
 * Measures the difference now and each minute. In between it relies on the monotonic clock: a collector whose clock is
 * set ahead must not conclude that the leases of the others have ended.
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
  // Where a measurement fails, the last difference remains the best one known.
  const timer = setInterval(() => void measure().catch(() => {}), measureEveryMs).unref()
  const ahead = () => Math.round(aheadOfUptime + uptime() - clock())
  return {
    toDatabase: (ms) => ms + ahead(),
    fromDatabase: (ms) => ms - ahead(),
    stop: () => clearInterval(timer),
  }
}
