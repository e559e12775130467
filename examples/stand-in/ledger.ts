/** Deduplicates events: records what was counted within the last 48 hours, and classifies repeats. */

/** Repeats within 48 h of the first event are dropped (Business Help Center, Event Deduplication). */
export const DEDUP_WINDOW_MS = 48 * 60 * 60 * 1000
/** Browser and server events within 5 minutes are merged instead: new match keys enrich the first event. */
export const MERGE_WINDOW_MS = 5 * 60 * 1000

/** `server`: the Events API; `browser`: a pixel in the page. */
export type Channel = 'server' | 'browser'

export interface Repeat {
  /** Id of the first event. */
  firstId: string
  outcome: 'merged' | 'dropped'
}

/** Events with the same pixel, name, id and test flag are the same. */
export interface Identity {
  pixel: string
  event: string
  eventId: string | null
  channel: Channel
  test: boolean
}

export interface Ledger {
  /** Records an event; returns the repeat, or null for a first event. Events without an id are never repeats. */
  record(identity: Identity, id: string): Repeat | null
  /** Records an order; returns the event id under which it was sent before, or null. */
  recordOrder(pixel: string, event: string, orderId: string, eventId: string): string | null
  clear(pixel?: string): void
}

interface FirstOccurrence {
  pixel: string
  /** Milliseconds since 1970. */
  at: number
  /** Id of the received event, or the event id of an order. */
  id: string
  channels: Set<Channel>
}

/** Keeps the newest `limit` keys. `now` is the clock of a pixel, which can be moved. */
export const createLedger = (now: (pixel: string) => number, limit = 200_000): Ledger => {
  const firstByKey = new Map<string, FirstOccurrence>()
  /** The first occurrence of the key within 48 h, or undefined if this is the first one. */
  const findOrAdd = (
    pixel: string,
    key: string,
    id: string,
    channel: Channel,
  ): FirstOccurrence | undefined => {
    const first = firstByKey.get(key)
    if (first && now(pixel) - first.at < DEDUP_WINDOW_MS) return first
    firstByKey.delete(key)
    firstByKey.set(key, { pixel, at: now(pixel), id, channels: new Set([channel]) })
    if (firstByKey.size > limit) firstByKey.delete(firstByKey.keys().next().value ?? '')
    return undefined
  }
  return {
    record: ({ pixel, event, eventId, channel, test }, id) => {
      if (eventId === null) return null
      const first = findOrAdd(pixel, JSON.stringify([pixel, event, eventId, test]), id, channel)
      if (!first) return null
      const isWithinWindow = now(pixel) - first.at <= MERGE_WINDOW_MS
      const outcome = isWithinWindow && !first.channels.has(channel) ? 'merged' : 'dropped'
      first.channels.add(channel)
      return { firstId: first.id, outcome }
    },
    recordOrder: (pixel, event, orderId, eventId) => {
      const first = findOrAdd(pixel, JSON.stringify(['order', pixel, event, orderId]), eventId, 'server')
      return first && first.id !== eventId ? first.id : null
    },
    clear: (pixel) => {
      for (const [key, first] of firstByKey)
        if (pixel === undefined || first.pixel === pixel) firstByKey.delete(key)
    },
  }
}
