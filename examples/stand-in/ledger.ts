/** Knows which events were counted within the last 48 hours, and what becomes of one that comes again. */

/** Business Help Center, Event Deduplication: repeats within 48 h of the first are dropped … */
export const DEDUP_WINDOW_MS = 48 * 60 * 60 * 1000
/** … but browser and server within 5 minutes are merged: new match keys enrich the first. */
export const MERGE_WINDOW_MS = 5 * 60 * 1000

/** Where an event came from: the Events API, or a pixel in the page. */
export type Channel = 'server' | 'browser'

export interface Repeat {
  /** Number of the first event. */
  of: string
  became: 'merged' | 'dropped'
}

/** What makes an event the same as another one. Test events are apart from live ones. */
export interface Identity {
  pixel: string
  event: string
  eventId: string | null
  channel: Channel
  test: boolean
}

export interface Ledger {
  /** Notes an event; says so when it is a repeat. Events without an id are never repeats. */
  note(identity: Identity, number: string): Repeat | null
  /** The other id under which the same order came already, or null. */
  noteOrder(pixel: string, event: string, orderId: string, eventId: string): string | null
  clear(pixel?: string): void
}

interface First {
  pixel: string
  at: number
  value: string
  channels: Set<Channel>
}

/** Keeps at most `limit` keys; the oldest are forgotten first. `now` may run ahead for one pixel. */
export const createLedger = (now: (pixel: string) => number, limit = 200_000): Ledger => {
  const firsts = new Map<string, First>()
  /** The first one of this key within 48 h; undefined when this is it. */
  const remember = (pixel: string, key: string, value: string, channel: Channel): First | undefined => {
    const first = firsts.get(key)
    if (first && now(pixel) - first.at < DEDUP_WINDOW_MS) return first
    firsts.delete(key)
    firsts.set(key, { pixel, at: now(pixel), value, channels: new Set([channel]) })
    if (firsts.size > limit) firsts.delete(firsts.keys().next().value ?? '')
    return undefined
  }
  return {
    note: ({ pixel, event, eventId, channel, test }, number) => {
      if (eventId === null) return null
      const first = remember(pixel, JSON.stringify([pixel, event, eventId, test]), number, channel)
      if (!first) return null
      const soon = now(pixel) - first.at <= MERGE_WINDOW_MS
      const became = soon && !first.channels.has(channel) ? 'merged' : 'dropped'
      first.channels.add(channel)
      return { of: first.value, became }
    },
    noteOrder: (pixel, event, orderId, eventId) => {
      const first = remember(pixel, JSON.stringify(['order', pixel, event, orderId]), eventId, 'server')
      return first && first.value !== eventId ? first.value : null
    },
    clear: (pixel) => {
      for (const [key, first] of firsts) if (pixel === undefined || first.pixel === pixel) firsts.delete(key)
    },
  }
}
