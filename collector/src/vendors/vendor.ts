/** The contract of a vendor: what the relay may ask of TikTok, or of any sibling. One folder each. */
import type { z } from 'zod'
import type { HashedEvent } from '../event.js'

/** One field of a vendor's credentials, as the owner sees it. */
export interface CredentialField {
  /** As in `credentials`. */
  key: string
  /** In the vendor's own words. */
  label: string
  /** Where the owner finds it, in a sentence. */
  hint: string
  /** Sealed at rest, never shown again. */
  secret?: boolean
  optional?: boolean
}

/** A kind of vendor, before it is configured: what index.ts lists. */
export interface VendorKind {
  /** As it stands in delivery rows; never renamed. */
  name: string
  /** As the owner knows it. */
  label: string
  fields: readonly CredentialField[]
  /** How the owner finds them at the vendor's, step by step. */
  steps: readonly string[]
  /** Settings of the whole process, in camel case: `tiktokUrl` is TAGFERRY_TIKTOK_URL. */
  settings: z.ZodRawShape
  /** Keys of a site in TAGFERRY_SITES that belong to this vendor; all optional. */
  credentials: z.ZodRawShape
  /** What may be wrong with valid credentials, by key, in words for the owner. */
  doubts(site: Record<string, unknown>): Record<string, string>
  /** @param clock Unix milliseconds */
  create(settings: Record<string, unknown>, clock: () => number): Vendor
}

/** Credentials of one site, known to its vendor alone. */
export type Credentials = unknown
/** An event in the vendor's own form. */
export type Mapped = unknown

export interface Vendor {
  name: string
  /** Most events in one request. */
  batchSize: number
  /** The vendor's part of a site's settings, or `undefined` while it is incomplete. */
  credentials(site: Record<string, unknown>): Credentials | undefined
  /** Pure; `undefined` where the vendor has no form for this event. */
  map(event: HashedEvent): Mapped | undefined
  /** Sends one request; never throws. @param stop ends it at once, with what is known then */
  send(credentials: Credentials, events: readonly Mapped[], stop: AbortSignal): Promise<Outcome>
  /** Tries the credentials with one event that the vendor does not book; never throws. */
  test(credentials: Credentials): Promise<Outcome>
  close(): Promise<void>
}

/** How an attempt ended, for every event of the request alike. */
export type Outcome = {
  /** The vendor's own code, where its answer had one. */
  code?: number
  /** The vendor's own words, or what happened on the way. May quote an event: store and show it, never log it. */
  message?: string
  requestId?: string
} & (
  | { kind: 'delivered' }
  /** No byte of it can have been booked. */
  | { kind: 'not_sent' }
  /** The vendor may have booked it: only the same event id may be sent again. */
  | { kind: 'ambiguous' }
  | { kind: 'throttled'; retryAfterMs?: number }
  /** Refused for its content: sending it again changes nothing, sending parts of it may. */
  | {
      kind: 'refused' /** Places in the request of the events at fault, where the vendor names them. */
      culprits?: number[]
    }
  /** Refused for the credentials: no event is at fault. */
  | { kind: 'credentials_refused' }
)
