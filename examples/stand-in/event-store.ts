/** Stores the newest received events in memory, with counts over all of them. */
import type { ReceivedEvent } from './received-event.js'

/** One request and its response, shared by all its events. The token is masked. */
export interface Exchange {
  request: { method: string; path: string; headers: Record<string, string>; root: unknown }
  response: { status: number | null; body: unknown }
}

export interface Counts {
  /** All requests, whatever their result. */
  requests: number
  /** Events taken: answered 0, repeats included. */
  taken: number
  /** Events taken, without repeats and test events: the number that TikTok would report. */
  counted: number
  /** Repeats, merged or dropped. */
  duplicates: number
  /** Repeats that were merged: browser and server within 5 minutes. */
  merged: number
  /** Events with a `test_event_code`, their repeats included. */
  tests: number
  /** Events of refused or cut requests. */
  rejected: number
}

/** An event before the store gives it an id. */
export type NewEvent = Omit<ReceivedEvent, 'id' | 'pinned'>

/** New events, or the news that events were cleared or pinned. */
export type Change = ReceivedEvent[] | 'cleared' | 'pinned'

export interface EventStore {
  /** Adds the events of one request, oldest first, and assigns their ids. */
  add(pixel: string, events: NewEvent[], exchange: Exchange): void
  /** Newest first. */
  all(): ReceivedEvent[]
  get(id: string): { event: ReceivedEvent; exchange: Exchange } | undefined
  /**
   * Removes the events and counts of a pixel, or of all pixels. With `matches` it removes only the matching events,
   * and keeps all counts. Pinned events stay. Returns the number of removed events.
   */
  clear(pixel?: string, matches?: (event: ReceivedEvent) => boolean): number
  /** Returns false for an unknown id. */
  pin(id: string, pinned: boolean): boolean
  /** Counts of one pixel, or the sum over all pixels. */
  counts(pixel?: string): Counts
  /** The id of the next event. */
  nextId(): number
  /** Calls back after each change, until the returned function is called. */
  subscribe(listener: (change: Change) => void): () => void
}

/** Keeps `limit` events, and pinned ones beyond that. */
export const createEventStore = (limit: number): EventStore => {
  const entries = new Map<string, { event: ReceivedEvent; exchange: Exchange }>()
  const countsByPixel = new Map<string, Counts>()
  const listeners = new Set<(change: Change) => void>()
  let nextId = 1
  const notify = (change: Change) => {
    for (const listener of [...listeners]) listener(change)
  }
  return {
    add: (pixel, events, exchange) => {
      const counts = countsByPixel.get(pixel) ?? zeroCounts()
      countsByPixel.set(pixel, counts)
      addToCounts(counts, events)
      const added = events.map((event): ReceivedEvent => ({ id: String(nextId++), pinned: false, ...event }))
      for (const event of added) entries.set(event.id, { event, exchange })
      for (const [id, { event }] of entries) {
        if (entries.size <= limit) break
        if (!event.pinned) entries.delete(id)
      }
      notify(added)
    },
    all: () => Array.from(entries.values(), ({ event }) => event).reverse(),
    get: (id) => entries.get(id),
    clear: (pixel, matches) => {
      const sizeBefore = entries.size
      for (const [id, { event }] of entries)
        if (!event.pinned && (pixel === undefined || event.pixel === pixel) && (matches?.(event) ?? true))
          entries.delete(id)
      if (!matches && pixel === undefined) countsByPixel.clear()
      else if (!matches && pixel !== undefined) countsByPixel.delete(pixel)
      notify('cleared')
      return sizeBefore - entries.size
    },
    pin: (id, pinned) => {
      const entry = entries.get(id)
      if (!entry) return false
      entry.event.pinned = pinned
      notify('pinned')
      return true
    },
    counts: (pixel) =>
      sumCounts(
        pixel === undefined ? [...countsByPixel.values()] : [countsByPixel.get(pixel) ?? zeroCounts()],
      ),
    nextId: () => nextId,
    subscribe: (listener) => {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
  }
}

const zeroCounts = (): Counts => ({
  requests: 0,
  taken: 0,
  counted: 0,
  duplicates: 0,
  merged: 0,
  tests: 0,
  rejected: 0,
})

const addToCounts = (counts: Counts, events: readonly NewEvent[]): void => {
  counts.requests++
  for (const { verdict, duplicate, dedup, test } of events) {
    if (verdict === 'rejected') {
      counts.rejected++
      continue
    }
    counts.taken++
    if (test) counts.tests++
    else if (duplicate) counts.duplicates++
    else counts.counted++
    if (!test && dedup === 'merged') counts.merged++
  }
}

const sumCounts = (all: readonly Counts[]): Counts => {
  const sum = zeroCounts()
  for (const counts of all) for (const key of Object.keys(sum) as (keyof Counts)[]) sum[key] += counts[key]
  return sum
}
