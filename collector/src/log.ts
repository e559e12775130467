/** The log: lines of JSON on stdout. Where they find no space they wait or are lost, and nothing else is. */
import { type Logger, pino } from 'pino'

/** Of lines that wait for space; what comes after them is dropped. */
const waitingBytes = 1_000_000

export function createLog(level: string): Logger {
  const stream = pino.destination({ fd: 1, sync: true, maxLength: waitingBytes })
  stream.on('error', () => {})
  return pino({ level, base: null }, stream)
}
