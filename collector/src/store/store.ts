/**
 * The port of the store room: what the front door and the back door may ask of the outbox.
 * They meet only here. Two drivers, one conformance suite (store.test.ts).
 */
import type { EventState, HashedEvent, Sha256, SkippedEvent, SkipReason } from '../event.js'

/** What the intake hands over for one event of a request. */
export type Entry =
  | { kind: 'event'; event: HashedEvent; vendors: readonly string[] }
  /** Of a known site, not to be sent: kept without personal data, so that it can be shown. */
  | { kind: 'skipped'; event: SkippedEvent /** Who said no, by personKeys. */; withdrawn?: readonly string[] }
  /** From anybody: counted by hour, with the last few examples, so that nobody can fill the disk. */
  | { kind: 'counted'; reason: SkipReason; event: string; site: string; at: number }

/** `duplicate`: an event of this site, name and id is stored already; the first one stays. */
export type Verdict = 'stored' | 'duplicate' | 'refused'

/** A site's credentials with one vendor, by name. */
export interface ConnectionName {
  site: string
  vendor: string
}

/** The same with certain credentials; a pause belongs to these and ends with new ones. */
export interface ConnectionKey extends ConnectionName {
  /** Tells credentials apart without telling them. */
  fingerprint: string
}

export interface Delivery {
  /** The event's row. */
  id: number
  event: HashedEvent
  /** Attempts made so far. */
  attempts: number
  /** First attempt that the vendor may have booked, Unix milliseconds. */
  ambiguousAt?: number
  /** There is a sealed visitor that does not open: of another row or key, or changed. */
  unopened?: true
}

/** Deliveries held by one claimant until the lease runs out; only the holder of the token can settle them. */
export interface Lease {
  token: string
  vendor: string
  deliveries: Delivery[]
  /** The connection is paused: this is the one event that may be tried. */
  probe: boolean
}

/** A vendor notices a repeat of source, name and id for 48 h after it took the first: one hour is kept for the way. */
export const ambiguousRetryWindowMs = 47 * 3_600_000

/** How often refused credentials are tried again: somebody may have given them back their rights. */
export const probeMs = 600_000

/** What became of one delivery in one attempt. */
export interface Settlement {
  id: number
  state: EventState
  /** Unix milliseconds; for `pending` only. */
  dueAt?: number
  /** Why it failed, waits or was skipped. */
  reason?: string
}

/** One request to a vendor: a line of the append-only log. */
export interface Attempt {
  /** Unix milliseconds. */
  at: number
  durationMs: number
  outcome: string
  /** True where the vendor may have booked the event although it did not say so. */
  ambiguous: boolean
  code?: number
  message?: string
  requestId?: string
}

/** An event as the owner sees it. */
export interface StoredEvent {
  id: number
  site: string
  event: string
  eventId: string
  eventTime: number
  receivedAt: number
  source: string
  skipReason?: SkipReason
  deliveries: { vendor: string; state: EventState; dueAt: number; attempts: number; reason?: string }[]
}

export interface Skips {
  reason: SkipReason
  count: number
}

/** Which failed deliveries to send again. */
export type Replay =
  | { ids: readonly number[] }
  /** All that arrived in a time, Unix milliseconds; of one site or event name if given. */
  | { since: number; until: number; site?: string; event?: string }

export interface Replayed {
  count: number
  /** How many of them the vendor may have booked so long ago that it will not notice the repeat. */
  mayCountTwice: number
}

export interface Purged {
  removed: number
  next?: number
}

/** What waits for one connection. */
export interface Queue extends ConnectionName {
  pending: number
  /** When the oldest of them arrived, Unix milliseconds. */
  oldestAt: number
}

export interface Store {
  /**
   * Stores all entries of a request, in one commit with those of its neighbours.
   * Resolves after the commit is on disk; rejects with `StoreUnavailable` when it cannot be.
   */
  append(entries: readonly Entry[]): Promise<Verdict[]>
  /**
   * Takes up to `limit` due deliveries of a connection, oldest first, for `leaseMs`.
   * Of a paused connection it takes nothing, but a single one when a probe is due. What somebody sent who has
   * taken back their consent since is Skipped instead.
   */
  claim(connection: ConnectionKey, now: number, limit: number, leaseMs: number): Promise<Lease>
  /**
   * Writes the outcomes of what the lease still holds; gives how many that were.
   * @param attempt the request that led to them, if one was made
   */
  settle(
    lease: Pick<Lease, 'token' | 'vendor'>,
    settlements: readonly Settlement[],
    now: number,
    attempt?: Attempt,
  ): Promise<number>
  /** The credentials were refused: nothing more is sent with them but a probe every `probeMs` (10 min). */
  pause(connection: ConnectionKey, reason: string, now: number): Promise<void>
  /** The probe was taken, or the owner says so. */
  resume(connection: ConnectionName): Promise<void>
  /** When the next pending delivery of a connection may be claimed, Unix milliseconds. */
  nextDue(connection: ConnectionKey): Promise<number | undefined>
  /** Newest first, from before the given id. */
  list(query: { limit: number; before?: number }): Promise<StoredEvent[]>
  /** How many were skipped, by reason; also those that are only counted. */
  skips(): Promise<Skips[]>
  /**
   * Removes events that arrived before a time and of which nothing waits, looking at `limit` rows behind an id.
   * Gives how many, and the id to go on from until all of so many are young.
   */
  purge(before: number, after: number, limit: number): Promise<Purged>
  /** Makes failed deliveries pending again: a new attempt under the same event. */
  replay(which: Replay, now: number): Promise<Replayed>
  /** Removes a person's events, sent or not, by a hash of their data; gives how many. */
  erase(hash: Sha256): Promise<number>
  /** What waits, by connection. */
  queues(): Promise<Queue[]>
  /** Makes one durable commit; rejects when the store cannot. */
  check(): Promise<void>
  close(): Promise<void>
}

/** The store cannot commit now: disk full, locked, closing. The sender should try again. */
export class StoreUnavailable extends Error {
  override name = 'StoreUnavailable'
}
