/** Knows what was received: the newest events and the counts over all of them. */
import type { Kept } from './kept.js'

/** What one request was, kept once for all its events. The token is masked. */
export interface Exchange {
  request: { method: string; path: string; headers: Record<string, string>; root: unknown }
  response: { status: number | null; body: unknown }
}

export interface Counts {
  /** Requests that arrived, whatever became of them. */
  requests: number
  /** Events taken: answered 0, repeats included. */
  taken: number
  /** Events taken without repeats and test events: what TikTok would report. */
  counted: number
  /** Repeats, merged or dropped. */
  duplicates: number
  /** Those of the duplicates that were merged: browser and server within 5 minutes. */
  merged: number
  /** Events with a `test_event_code`, repeats of such included. */
  tests: number
  /** Events of refused or cut requests. */
  rejected: number
}

/** Events that came, or that some are gone or pinned. */
export type Change = Kept[] | 'cleared' | 'pinned'

export interface Received {
  /** Adds the events of one request, oldest first; gives them their ids. */
  add(pixel: string, events: Omit<Kept, 'id' | 'pinned'>[], exchange: Exchange): void
  /** Newest first. */
  all(): Kept[]
  get(id: string): { kept: Kept; exchange: Exchange } | undefined
  /**
   * Forgets the events and counts of a pixel, or of all; with `matches` only these events, and no count.
   * Pinned events stay. Gives how many went.
   */
  clear(pixel?: string, matches?: (kept: Kept) => boolean): number
  /** False when there is no such event. */
  pin(id: string, pinned: boolean): boolean
  /** Of one pixel, or of all together. */
  counts(pixel?: string): Counts
  /** The id the next event will get. */
  next(): number
  /** Calls back after each change, until the returned function is called. */
  watch(listener: (change: Change) => void): () => void
}

const none = (): Counts => ({
  requests: 0,
  taken: 0,
  counted: 0,
  duplicates: 0,
  merged: 0,
  tests: 0,
  rejected: 0,
})

const count = (counts: Counts, events: readonly Omit<Kept, 'id' | 'pinned'>[]): void => {
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

export const createReceived = (limit: number): Received => {
  const entries = new Map<string, { kept: Kept; exchange: Exchange }>()
  const byPixel = new Map<string, Counts>()
  const listeners = new Set<(change: Change) => void>()
  let next = 1
  const tell = (change: Change) => {
    for (const listener of [...listeners]) listener(change)
  }
  return {
    add: (pixel, events, exchange) => {
      const counts = byPixel.get(pixel) ?? none()
      byPixel.set(pixel, counts)
      count(counts, events)
      const added = events.map((event): Kept => ({ id: String(next++), pinned: false, ...event }))
      for (const kept of added) entries.set(kept.id, { kept, exchange })
      for (const [id, { kept }] of entries) {
        if (entries.size <= limit) break
        if (!kept.pinned) entries.delete(id)
      }
      tell(added)
    },
    all: () => Array.from(entries.values(), ({ kept }) => kept).reverse(),
    get: (id) => entries.get(id),
    clear: (pixel, matches) => {
      const before = entries.size
      for (const [id, { kept }] of entries)
        if (!kept.pinned && (pixel === undefined || kept.pixel === pixel) && (matches?.(kept) ?? true))
          entries.delete(id)
      if (!matches && pixel === undefined) byPixel.clear()
      else if (!matches && pixel !== undefined) byPixel.delete(pixel)
      tell('cleared')
      return before - entries.size
    },
    pin: (id, pinned) => {
      const entry = entries.get(id)
      if (!entry) return false
      entry.kept.pinned = pinned
      tell('pinned')
      return true
    },
    counts: (pixel) => {
      const sum = none()
      for (const [of, counts] of byPixel)
        if (pixel === undefined || of === pixel)
          for (const key of Object.keys(sum) as (keyof Counts)[]) sum[key] += counts[key]
      return sum
    },
    next: () => next,
    watch: (listener) => {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
  }
}
