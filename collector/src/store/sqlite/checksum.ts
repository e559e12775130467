/** A checksum within each event's row: SQLite has none, and what a failing disk has changed must not be sent. */
import { crc32 } from 'node:zlib'
import type { Row } from '../row.js'

type Summed = Pick<Row, 'site' | 'event' | 'eventId' | 'eventTime' | 'receivedAt' | 'source' | 'body'>

/** Its code is SQLITE_CORRUPT: what the database would have said, had it noticed. */
export class CorruptRow extends Error {
  readonly errcode = 11
}

/** The JSON of the body with the sum of the row as its last part. */
export function withChecksum(row: Summed): string | null {
  return row.body && `${row.body.slice(0, -1)},"sum":${sumOf(row, row.body)}}`
}

/** Gives the row back; throws where it is not what was stored. Rows of older versions have no sum. */
export function verifyChecksum<Found extends Summed>(id: number, row: Found | undefined): Found {
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

const sumOf = ({ site, event, eventId, eventTime, receivedAt, source }: Summed, body: string) =>
  crc32(JSON.stringify([site, event, eventId, eventTime, receivedAt, source]) + body)
