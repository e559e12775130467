/** Declares what this folder needs of the store and of vendors. */

/** A document of the store. */
export interface SiteRecord {
  id: string
  body: Record<string, unknown>
  /** Decrypted; absent also where it was encrypted with an unknown key. */
  secret?: string
  /** 1 at first, one more with each write. */
  version: number
}

export interface RecordWrite {
  kind: 'key' | 'setting'
  id: string
  body: Record<string, unknown>
  secret?: string
  /** The version that the writer has seen, 0 for none; with another version in the store nothing is written. */
  seen?: number
}

export interface SiteStore {
  /** All records of a kind. */
  records(kind: 'site' | 'connection' | 'key'): Promise<SiteRecord[]>
  record(kind: 'key' | 'setting', id: string): Promise<SiteRecord | undefined>
  write(writes: readonly RecordWrite[]): Promise<boolean>
}

/** A kind of vendor: its name and the fields of its credentials. */
export interface VendorKind {
  name: string
  fields: readonly { key: string; secret?: boolean }[]
}

export interface Vendor {
  /** The vendor's part of a site's settings; `undefined` while it is incomplete. */
  credentials(settings: Record<string, unknown>): unknown
}
