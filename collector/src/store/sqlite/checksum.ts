/**
 * Puts a checksum into each event's row and verifies it. SQLite has none, and an event that a failing disk has changed
 * must not be sent.
 */
import { crc32 } from 'node:zlib'
import type { Row } from '../row.js'

type SummedRow = Pick<Row, 'site' | 'event' | 'eventId' | 'eventTime' | 'receivedAt' | 'source' | 'body'>

/** Has the code of SQLITE_CORRUPT, as if the database itself had found the damage. */
export class CorruptRow extends Error {
  readonly errcode = 11
}

/** The JSON of the body with the row's checksum as its last property. */
export function withChecksum(row: SummedRow): string | null {
  return row.body && `${row.body.slice(0, -1)},"sum":${sumOf(row, row.body)}}`
}

/** Returns the row; throws where it is missing or differs from what was stored. Rows of older versions have no checksum. */
export function verifyChecksum<Found extends SummedRow>(id: number, row: Found | undefined): Found {
  const [tail = '', sum] = /,"sum":(\d+)\}$/.exec(row?.body ?? '') ?? []
  if (row?.body) {
    if (sum === undefined && isJson(row.body)) return row
    if (Number(sum) === sumOf(row, `${row.body.slice(0, -tail.length)}}`)) return row
  }
  throw new CorruptRow(
    `event ${id} is not what was stored. Restore the file from a backup, or move it away to start with an empty one`,
  )
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

const sumOf = ({ site, event, eventId, eventTime, receivedAt, source }: SummedRow, body: string) =>
  crc32(JSON.stringify([site, event, eventId, eventTime, receivedAt, source]) + body)
