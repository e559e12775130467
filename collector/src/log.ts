/** Writes the log: lines of JSON on stdout. A full or closed stdout never stops the process. */
import { type Logger, pino } from 'pino'

/** What the parts of the collector need of a log. */
export interface Log {
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
  error(fields: object, message: string): void
}

/** Most bytes of lines that wait for a full stdout; further lines are dropped. */
const maxBufferedBytes = 1_000_000

export function createLog(level: string): Logger {
  const stream = pino.destination({ fd: 1, sync: true, maxLength: maxBufferedBytes })
  stream.on('error', () => {})
  return pino({ level, base: null }, stream)
}
