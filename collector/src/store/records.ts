/**
 * The port for what the owner configures: small versioned documents, each with an encrypted secret part, and the
 * change log. Two drivers implement it; one conformance suite runs over both (records.test.ts).
 */

export type RecordKind = 'site' | 'connection' | 'key' | 'session' | 'setting'

export interface StoredRecord {
  id: string
  /** JSON. */
  body: Record<string, unknown>
  /** Decrypted. Absent also where it was encrypted with a key that is no longer known. */
  secret?: string
  /** 1 at first, one more with each write. */
  version: number
  /** Time of the last write, Unix milliseconds. */
  at: number
}

export interface Put {
  kind: RecordKind
  id: string
  body: Record<string, unknown>
  /** Absent: leaves the stored secret as it is. `null`: removes it. */
  secret?: string | null
  /** The version that the writer has read, 0 for none. The whole write fails where the stored version differs. */
  seen?: number
}

export interface Removal {
  kind: RecordKind
  id: string
  remove: true
}

/** A row of the change log. Holds no secret and no personal data. */
export interface Change {
  /** Unix milliseconds. */
  at: number
  /** Such as `owner` or `command line`. */
  who: string
  /** Such as `Connection saved`. */
  what: string
  site?: string
  detail?: string
}

export interface Records {
  /** All of a kind, by id. */
  records(kind: RecordKind): Promise<StoredRecord[]>
  record(kind: RecordKind, id: string): Promise<StoredRecord | undefined>
  /** Writes all or nothing in one durable commit. False, with nothing written, where a version is not the one `seen`. */
  write(writes: readonly (Put | Removal)[], change?: Change): Promise<boolean>
  /** Newest first, from before the given id. */
  changes(query: { limit: number; before?: number }): Promise<(Change & { id: number })[]>
  /** Grows with each write of a site, connection, key or setting, so that readers notice a change. */
  revision(): Promise<number>
  /** Replaces the key ring: the first key encrypts, all of them decrypt. */
  setKeys(keys: readonly Uint8Array[]): Promise<void>
  /** Encrypts up to `limit` records and visitors again that are not under the first key; returns how many, 0 at the end. */
  reencrypt(limit: number): Promise<number>
}

/** A write of this kind does not raise the revision. */
export const isExcludedFromRevision = (kind: RecordKind) => kind === 'session'

/** The record whose version is the revision. Only a driver writes it, and no list shows it. */
export const revisionRecord = { kind: 'setting', id: 'revision' } as const

/** Associated data of a record's secret. */
export const recordAssociatedData = ({ kind, id }: { kind: string; id: string }) => `record\n${kind}\n${id}`
