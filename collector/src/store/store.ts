/**
 * The port between intake and relay: stores events, hands out their deliveries and takes the outcomes back.
 * Two drivers implement it; one conformance suite runs over both (store.test.ts, store-claims.test.ts).
 */
import type { EventState, HashedEvent, Sha256, SkippedEvent, SkipReason } from '../event.js'

/** What the intake stores for one event of a request. */
export type Entry =
  | { kind: 'event'; event: HashedEvent; vendors: readonly string[] }
  /** An event of a known site that is not sent. Stored without personal data, so that it can be shown. */
  | {
      kind: 'skipped'
      event: SkippedEvent
      /** Subject keys of a person who withdraws consent with this event. */
      withdrawn?: readonly string[]
    }
  /** An event of an unknown site or a foreign origin. Only the last few are stored: strangers must not fill the disk. */
  | { kind: 'rejected'; reason: SkipReason; event: string; site: string; at: number }

/** `duplicate`: an event of this site, name and id is stored already; the first one stays. */
export type Verdict = 'stored' | 'duplicate' | 'refused'

/** Names a site's credentials with one vendor. */
export interface ConnectionName {
  site: string
  vendor: string
}

/** Names one version of the credentials. A pause belongs to it and ends with new credentials. */
export interface ConnectionKey extends ConnectionName {
  /** Differs between credentials without revealing them. */
  fingerprint: string
}

export interface Delivery {
  /** Row id of the event. */
  id: number
  event: HashedEvent
  /** Attempts made so far. */
  attempts: number
  /** First attempt that the vendor may have booked, Unix milliseconds. */
  ambiguousAt?: number
  /** The stored visitor cannot be decrypted: its key is unknown, or it was changed or belongs to another row. */
  visitorUnreadable?: true
}

/** Deliveries held by one claimant until the lease ends. Only the holder of the token can settle them. */
export interface Lease {
  token: string
  vendor: string
  deliveries: Delivery[]
  /** The connection is paused: its only delivery is a probe. */
  probe: boolean
}

/** The times of the retry policy that the store applies, in milliseconds. */
export interface StoreTimes {
  /** From one probe of refused credentials to the next. */
  probeMs: number
  /** From the first ambiguous attempt of an event to the last moment at which a repeat is harmless. */
  ambiguousRetryWindowMs: number
}

/** The outcome of one attempt for one delivery. */
export interface Settlement {
  id: number
  state: EventState
  /** Unix milliseconds; for `pending` only. */
  dueAt?: number
  /** Why it failed, waits or was skipped. */
  reason?: string
}

/** One request to a vendor: a row of the append-only log. */
export interface Attempt {
  /** Unix milliseconds. */
  at: number
  durationMs: number
  outcome: string
  /** The vendor may have booked the events although it did not say so. */
  ambiguous: boolean
  code?: number
  message?: string
  requestId?: string
}

/** Selects failed deliveries to send again. */
export type Replay =
  | { ids: readonly number[] }
  /** All that arrived from `since` to `until`, Unix milliseconds; optionally of one site or event name. */
  | { since: number; until: number; site?: string; event?: string }

export interface Replayed {
  count: number
  /** How many of them the vendor may have booked so long ago that it no longer drops a repeat. */
  mayCountTwice: number
}

export interface Purged {
  removed: number
  /** The id to go on from; absent at the end. */
  next?: number
}

/** The pending deliveries of one connection. */
export interface Queue extends ConnectionName {
  pending: number
  /** When the oldest of them arrived, Unix milliseconds. */
  oldestAt: number
}

export interface Store {
  /**
   * Stores all entries of a request, in one commit with those of concurrent requests.
   * Resolves after the commit is on disk; rejects with `StoreUnavailable` when it cannot be.
   */
  append(entries: readonly Entry[]): Promise<Verdict[]>
  /**
   * Takes up to `limit` due deliveries of a connection, oldest first, for `leaseMs`: about `maxBytes`
   * in total at most, but always at least one.
   * Takes nothing of a paused connection, or a single delivery when a probe is due.
   * A delivery whose sender has withdrawn consent since becomes Skipped instead.
   */
  claim(
    connection: ConnectionKey,
    now: number,
    limit: number,
    leaseMs: number,
    maxBytes?: number,
  ): Promise<Lease>
  /**
   * Writes the outcomes of the deliveries that the lease still holds, and returns their number.
   * @param attempt the request that led to the outcomes, if one was made
   */
  settle(
    lease: Pick<Lease, 'token' | 'vendor'>,
    settlements: readonly Settlement[],
    now: number,
    attempt?: Attempt,
  ): Promise<number>
  /** Pauses refused credentials: only a probe every `probeMs` is handed out. */
  pause(connection: ConnectionKey, reason: string, now: number): Promise<void>
  /** Ends the pause: a probe succeeded, or the owner ended it. */
  resume(connection: ConnectionName): Promise<void>
  /** When the next pending delivery of a connection may be claimed, Unix milliseconds. */
  nextDue(connection: ConnectionKey): Promise<number | undefined>
  /**
   * Removes events that arrived before a time and have no pending delivery, among `limit` rows behind the id `after`.
   * Returns `next` until a page holds no event from before that time.
   */
  purge(before: number, after: number, limit: number): Promise<Purged>
  /** Removes up to `limit` attempts from before a time, oldest first, and returns their number. */
  purgeAttempts(before: number, limit: number): Promise<number>
  /** Makes failed deliveries pending again: a new attempt under the same event. */
  replay(which: Replay, now: number): Promise<Replayed>
  /** Removes a person's events, sent or not, by a hash of their data; returns their number. */
  erase(hash: Sha256): Promise<number>
  /** Ends the pending deliveries of a removed site as Skipped `no_connection`; returns their number. */
  cancelPending(site: string, now: number): Promise<number>
  /** Pending deliveries by connection. */
  queues(): Promise<Queue[]>
  /** Makes one durable commit; rejects when the store cannot. */
  check(): Promise<void>
  close(): Promise<void>
}

/** The store cannot commit now: disk full, locked, closing. The sender should try again. */
export class StoreUnavailable extends Error {
  override name = 'StoreUnavailable'
}
