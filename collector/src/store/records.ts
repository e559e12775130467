/**
 * The port for what the owner has set and the house has to remember: small documents, each with a version; what is
 * secret of one is sealed. Two drivers, one conformance suite (records.test.ts).
 */

export type RecordKind = 'site' | 'connection' | 'key' | 'session' | 'setting'

export interface StoredRecord {
  id: string
  /** JSON. */
  body: Record<string, unknown>
  /** Opened; absent also where it was sealed with a key that is not known any more. */
  secret?: string
  /** 1 at first, one more with each write. */
  version: number
  /** Unix milliseconds of the last write. */
  at: number
}

export interface Put {
  kind: RecordKind
  id: string
  body: Record<string, unknown>
  /** Absent: keeps the one there is. `null`: removes it. */
  secret?: string | null
  /** The version that the writer has seen, 0 for none; another one there makes the whole write fail. */
  seen?: number
}

export interface Removal {
  kind: RecordKind
  id: string
  remove: true
}

/** A line of the change log: who did what. Never a secret, never personal data. */
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
  /** All or nothing, in one durable commit; false, and nothing written, where another version is there than was seen. */
  write(writes: readonly (Put | Removal)[], change?: Change): Promise<boolean>
  /** Newest first, from before the given id. */
  changes(query: { limit: number; before?: number }): Promise<(Change & { id: number })[]>
  /** Grows with each write of a site, connection, key or setting: who knows an older one has to read them anew. */
  revision(): Promise<number>
  /** Another key ring from now on: the first one seals, all of them open. */
  keys(keys: readonly Uint8Array[]): Promise<void>
  /** Seals up to `limit` records and visitors anew that are not under the first key; gives how many, 0 at the end. */
  reseal(limit: number): Promise<number>
}

/** Of this kind a new version does not make anybody read anew. */
export const isQuiet = (kind: RecordKind) => kind === 'session'

/** Where the revision lies: a record that only the driver writes, and that no list has. */
export const revisionOf = { kind: 'setting', id: 'revision' } as const

/** What a record's secret is bound to. */
export const recordAssociatedData = ({ kind, id }: { kind: string; id: string }) => `record\n${kind}\n${id}`
