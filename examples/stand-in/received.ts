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
  /** Events taken without the repeats: what TikTok would report. */
  counted: number
  duplicates: number
  /** Events of refused or cut requests. */
  rejected: number
}

export interface Received {
  /** Adds the events of one request, oldest first; gives them their ids. */
  add(pixel: string, events: Omit<Kept, 'id'>[], exchange: Exchange): void
  /** Newest first. */
  all(): Kept[]
  get(id: string): { kept: Kept; exchange: Exchange } | undefined
  /** Forgets the events of a pixel, or everything; gives how many. */
  clear(pixel?: string): number
  /** Of one pixel, or of all together. */
  counts(pixel?: string): Counts
  /** The id the next event will get. */
  next(): number
  /** Calls back after each change, until the returned function is called. */
  watch(listener: (change: Kept[] | 'cleared') => void): () => void
}

const none = (): Counts => ({ requests: 0, taken: 0, counted: 0, duplicates: 0, rejected: 0 })

const count = (counts: Counts, events: readonly Pick<Kept, 'verdict' | 'duplicate'>[]): void => {
  counts.requests++
  for (const { verdict, duplicate } of events) {
    if (verdict === 'rejected') counts.rejected++
    else counts.taken++
    if (verdict !== 'rejected') duplicate ? counts.duplicates++ : counts.counted++
  }
}

export const createReceived = (limit: number): Received => {
  const entries = new Map<string, { kept: Kept; exchange: Exchange }>()
  const byPixel = new Map<string, Counts>()
  const listeners = new Set<(change: Kept[] | 'cleared') => void>()
  let next = 1
  const tell = (change: Kept[] | 'cleared') => {
    for (const listener of [...listeners]) listener(change)
  }
  return {
    add: (pixel, events, exchange) => {
      const counts = byPixel.get(pixel) ?? none()
      byPixel.set(pixel, counts)
      count(counts, events)
      const added = events.map((event): Kept => ({ id: String(next++), ...event }))
      for (const kept of added) entries.set(kept.id, { kept, exchange })
      for (const id of entries.keys()) {
        if (entries.size <= limit) break
        entries.delete(id)
      }
      tell(added)
    },
    all: () => Array.from(entries.values(), ({ kept }) => kept).reverse(),
    get: (id) => entries.get(id),
    clear: (pixel) => {
      const before = entries.size
      for (const [id, { kept }] of entries)
        if (pixel === undefined || kept.pixel === pixel) entries.delete(id)
      if (pixel === undefined) byPixel.clear()
      else byPixel.delete(pixel)
      tell('cleared')
      return before - entries.size
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
