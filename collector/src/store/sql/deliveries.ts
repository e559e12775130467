/** Converts the row of a claimed delivery. The same in both drivers. */
import type { Encryption } from '../encryption.js'
import { fromRow, type Row, visitorAssociatedData } from '../row.js'
import type { Delivery } from '../store.js'

type EventColumns = 'site' | 'event' | 'eventId' | 'eventTime' | 'receivedAt' | 'source' | 'body'

/** Estimate of the bytes that the other columns and the visitor add to an event in a request. */
export const columnBytes = 320

export interface ClaimedRow extends Pick<Row, EventColumns> {
  /** Row id of the event. */
  id: number
  attempts: number
  ambiguousAt: number | null
  /** The encrypted visitor. */
  sealed: Uint8Array | null
}

export function toDelivery(row: ClaimedRow, encryption: Encryption): Delivery {
  const { id, attempts, ambiguousAt, sealed } = row
  const visitor = sealed === null ? null : (encryption.decrypt(sealed, visitorAssociatedData(row)) ?? null)
  const isUnreadable = sealed !== null && visitor === null
  return {
    id,
    attempts,
    event: fromRow({ ...row, visitor }),
    ...(ambiguousAt !== null && { ambiguousAt }),
    ...(isUnreadable && { visitorUnreadable: true }),
  }
}
