/** Converts rows of records and changes, and encrypts them. The same in both drivers. */
import type { Encryption } from '../encryption.js'
import {
  type Change,
  type Put,
  type RecordKind,
  type Removal,
  recordAssociatedData,
  type StoredRecord,
} from '../records.js'

export interface RecordRow {
  kind: RecordKind
  id: string
  body: string
  /** The encrypted secret. */
  sealed: Uint8Array | null
  version: number
  at: number
}

export type ChangeRow = Change & { id: number; site: string | null; detail: string | null }

export type SealedRecord = Pick<RecordRow, 'kind' | 'id'> & { sealed: Uint8Array }

/** `id` is the event's. */
export type SealedVisitor = { id: number; sealed: Uint8Array; site: string; event: string; eventId: string }

export function toRecord(row: RecordRow, encryption: Encryption): StoredRecord {
  const { id, body, sealed, version, at } = row
  const secret = sealed === null ? undefined : encryption.decrypt(sealed, recordAssociatedData(row))
  return { id, body: JSON.parse(body), ...(secret !== undefined && { secret }), version, at }
}

export const toChange = ({ site, detail, ...change }: ChangeRow): Change & { id: number } => ({
  ...change,
  ...(site !== null && { site }),
  ...(detail !== null && { detail }),
})

/** Null where there is no secret to store. */
export const encryptSecret = (record: Put, encryption: Encryption): Uint8Array | null =>
  typeof record.secret === 'string' ? encryption.encrypt(record.secret, recordAssociatedData(record)) : null

/** Whether the write fails where another version is stored. */
export const expectsVersion = (write: Put | Removal): write is Put & { seen: number } =>
  'seen' in write && write.seen !== undefined

/** Encrypts those rows again that can be decrypted. */
export function reencryptRows<Sealed extends { sealed: Uint8Array }>(
  rows: readonly Sealed[],
  associatedDataOf: (row: Sealed) => string,
  encryption: Encryption,
): (Sealed & { resealed: Uint8Array })[] {
  return rows.flatMap((row) => {
    const plain = encryption.decrypt(row.sealed, associatedDataOf(row))
    return plain === undefined ? [] : [{ ...row, resealed: encryption.encrypt(plain, associatedDataOf(row)) }]
  })
}
