/** Writes the log: lines of JSON on stdout. A full or closed stdout never stops the process. */
import { type Logger, pino } from 'pino'

/** The methods of a log that the collector uses. */
export interface Log {
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
  error(fields: object, message: string): void
}

/** Maximum bytes of lines that wait while stdout is full; further lines are dropped. */
const maxBufferedBytes = 1_000_000

export function createLog(level: string): Logger {
  const stream = pino.destination({ fd: 1, sync: true, maxLength: maxBufferedBytes })
  stream.on('error', () => {})
  return pino({ level, base: null }, stream)
}
