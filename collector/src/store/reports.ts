/**
 * The port for what the owner looks at: events with what became of them, and counts by the hour that are kept while
 * events pass. Nothing here reads a table whole. Two drivers, one conformance suite (reports.test.ts).
 */
import type { EventState, HashedEvent, SkipReason, Source } from '../event.js'
import type { Attempt, ConnectionName, StoredEvent } from './store.js'

export interface EventQuery {
  site?: string
  /** Name after renaming. */
  event?: string
  eventId?: string
  state?: EventState
  reason?: SkipReason
  source?: Source
  ldu?: boolean
  /** Came from the browser and from the server. */
  paired?: boolean
  /** Only rows with a lower id, newest first. */
  before?: number
  /** Only rows with a higher id, oldest first: what is new. */
  after?: number
  limit: number
}

/** An event of a list. */
export interface ListedEvent extends StoredEvent {
  value?: number
  currency?: string
  limitedDataUse?: boolean
  /** Why the flag is what it is. */
  privacyReason?: string
  keys: MatchKey[]
  /** Came from the browser and from the server under one id; the first one was taken. */
  paired?: true
  /** The owner has sent it again. */
  replayed?: true
}

/** What TikTok can match a person by. */
export const matchKeys = ['ttclid', 'email', 'phone', 'external_id', 'ttp', 'visitor'] as const
/** `visitor` is the address together with the user agent. */
export type MatchKey = (typeof matchKeys)[number]

export interface EventPage {
  events: ListedEvent[]
  /** The id to go on from; where it is there although the page is not full, the look-up stopped after many rows. */
  next?: number
}

/** An event with all that was kept of it and each request it was part of. */
export interface EventDetail extends ListedEvent {
  /** Without the visitor: that is nobody's to look at. */
  stored?: Omit<HashedEvent, 'visitor'>
  attempts: (Attempt & { vendor: string; events: number })[]
}

/** What passed in an hour or several, of one site and name; own event names share the name `custom`. */
export interface HourCount {
  /** Unix hours; of several the first. */
  hour: number
  site: string
  event: string
  /** The last hour that accepted one; 0 where none did. */
  lastHour: number
  browser: number
  server: number
  duplicates: number
  delivered: number
  failed: number
  skipped: number
  ldu: number
  /** How many of the accepted ones had which match key. */
  keys: Record<MatchKey, number>
}

/** Money of the accepted events, such as 49.9 of EUR. */
export interface HourValue {
  site: string
  event: string
  currency: string
  sum: number
  count: number
}

/** How many deliveries took from `waitEdges[bucket - 1]` up to `waitEdges[bucket]` ms from arrival to TikTok's yes. */
export interface Wait {
  bucket: number
  count: number
}

/** Upper edges, in ms; what took longer than the last has the bucket behind it. */
export const waitEdges = [
  50, 100, 200, 400, 800, 1_600, 3_200, 6_400, 15_000, 60_000, 300_000, 3_600_000, 86_400_000,
]

export interface Pause extends ConnectionName {
  fingerprint: string
  /** The vendor's words. */
  reason: string
  pausedAt: number
  probeAt: number
}

export interface Reports {
  events(query: EventQuery): Promise<EventPage>
  event(id: number): Promise<EventDetail | undefined>
  /** From hour to hour, both included; a `step` of hours from the first on in one count, one unless told. */
  hours(query: { site?: string; from: number; to: number; step?: number }): Promise<HourCount[]>
  values(query: { site?: string; from: number; to: number }): Promise<HourValue[]>
  waits(query: { site?: string; from: number; to: number }): Promise<Wait[]>
  /** The last few events that were only counted: from whom they claimed to be. */
  rejectedSamples(): Promise<{ at: number; reason: SkipReason; site: string; event: string }[]>
  pauses(): Promise<Pause[]>
  lastAttempt(connection: ConnectionName): Promise<Attempt | undefined>
  /** Ends what waits for a site that is no more as Skipped `no_connection`; gives how many. */
  cancelPending(site: string, now: number): Promise<number>
}
