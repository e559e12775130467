/**
 * The port for what the dashboard and the commands show: events with their outcomes, and hourly rollups that are
 * counted as events pass. No query reads a whole table. Two drivers implement it; one conformance suite runs over both
 * (reports.test.ts, hourly-rollups.test.ts).
 */
import type { EventState, HashedEvent, SkipReason, Source } from '../event.js'
import type { Attempt, ConnectionName } from './store.js'

export interface EventQuery {
  site?: string
  /** Name after renaming. */
  event?: string
  eventId?: string
  state?: EventState
  reason?: SkipReason
  source?: Source
  ldu?: boolean
  /** The event came from the browser and from the server. */
  paired?: boolean
  /** Only rows with a lower id, newest first. */
  before?: number
  /** Only rows with a higher id, oldest first. */
  after?: number
  limit: number
}

export interface ListedDelivery {
  vendor: string
  state: EventState
  /** Unix milliseconds. */
  dueAt: number
  attempts: number
  reason?: string
}

/** An event of a list. */
export interface ListedEvent {
  /** Row id. */
  id: number
  site: string
  event: string
  eventId: string
  /** Unix seconds. */
  eventTime: number
  /** Unix milliseconds. */
  receivedAt: number
  source: string
  skipReason?: SkipReason
  deliveries: ListedDelivery[]
  value?: number
  currency?: string
  limitedDataUse?: boolean
  /** Why Limited Data Use applies or not. */
  privacyReason?: string
  keys: MatchKey[]
  /** The event came from the browser and from the server under one id; the first one is stored. */
  paired?: true
  /** It was sent under a Test Event Code of its own: the vendor counts nothing. */
  test?: true
  /** The owner has replayed a delivery. */
  replayed?: true
}

/** What a vendor can match a person by: an identifier of the user, or `visitor`, the address with the user agent. */
export type MatchKey = string

export interface EventPage {
  events: ListedEvent[]
  /** The id to go on from. Where it is present although the page is not full, the search stopped after many rows. */
  next?: number
}

/** An event with all that is stored of it and each request that it was part of. */
export interface EventDetail extends ListedEvent {
  /** Without the visitor, which nobody may look at. */
  stored?: Omit<HashedEvent, 'visitor'>
  /** `events` is the number of events in the request. */
  attempts: (Attempt & { vendor: string; events: number })[]
}

/** Counts of one or several hours, by site and event name. Custom names share the name `custom`. */
export interface HourCount {
  /** Unix hour; of several the first. */
  hour: number
  site: string
  event: string
  /** The last hour with an accepted event; 0 for none. */
  lastHour: number
  browser: number
  server: number
  duplicates: number
  delivered: number
  failed: number
  skipped: number
  ldu: number
  /** How many of the accepted events had each match key. A key that is absent had none. */
  keys: Readonly<Record<MatchKey, number>>
}

/** Money of the accepted events, such as 49.9 EUR. */
export interface HourValue {
  site: string
  event: string
  currency: string
  sum: number
  count: number
}

/** How many deliveries took from `waitEdges[bucket - 1]` up to `waitEdges[bucket]` ms, from arrival to delivery. */
export interface Wait {
  bucket: number
  count: number
}

/** Upper edges in ms. Longer waits belong to the bucket behind the last edge. */
export const waitEdges = [
  50, 100, 200, 400, 800, 1_600, 3_200, 6_400, 15_000, 60_000, 300_000, 3_600_000, 86_400_000,
]

export interface Pause extends ConnectionName {
  fingerprint: string
  /** The vendor's message. */
  reason: string
  /** Unix milliseconds. */
  pausedAt: number
  /** When the next probe is due, Unix milliseconds. */
  probeAt: number
}

/** An event that belonged to no known site, as its sender named it. */
export interface RejectedSample {
  /** Unix milliseconds. */
  at: number
  reason: SkipReason
  site: string
  event: string
}

export interface Reports {
  events(query: EventQuery): Promise<EventPage>
  event(id: number): Promise<EventDetail | undefined>
  /** From hour to hour, both included. One count covers `step` hours, beginning at `from`; 1 by default. */
  hours(query: { site?: string; from: number; to: number; step?: number }): Promise<HourCount[]>
  values(query: { site?: string; from: number; to: number }): Promise<HourValue[]>
  waits(query: { site?: string; from: number; to: number }): Promise<Wait[]>
  /** The last few of each reason, newest first. */
  rejectedSamples(): Promise<RejectedSample[]>
  pauses(): Promise<Pause[]>
  lastAttempt(connection: ConnectionName): Promise<Attempt | undefined>
}
