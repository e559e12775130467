/** Knows which events were counted within the last 48 hours, so that a repeat is not counted again. */

/** TikTok drops repeats on the same channel within 48 h of the first (Business Help Center, Event Deduplication). */
export const DEDUP_WINDOW_MS = 48 * 60 * 60 * 1000

export interface Ledger {
  /**
   * Notes an event under its name and id; gives the number of the first one when this is a repeat.
   * Events without an id are never repeats.
   */
  note(pixel: string, event: string, eventId: string | null, number: string): string | null
  /** The other id under which the same order came already, or null. */
  noteOrder(pixel: string, event: string, orderId: string, eventId: string): string | null
  clear(pixel?: string): void
}

/** Keeps at most `limit` keys; the oldest are forgotten first. */
export const createLedger = (now: () => number, limit = 200_000): Ledger => {
  const firsts = new Map<string, { pixel: string; at: number; value: string }>()
  const remember = (pixel: string, key: string, value: string): string | null => {
    const first = firsts.get(key)
    if (first && now() - first.at < DEDUP_WINDOW_MS) return first.value
    firsts.delete(key)
    firsts.set(key, { pixel, at: now(), value })
    if (firsts.size > limit) firsts.delete(firsts.keys().next().value ?? '')
    return null
  }
  return {
    note: (pixel, event, eventId, number) =>
      eventId === null ? null : remember(pixel, JSON.stringify([pixel, event, eventId]), number),
    noteOrder: (pixel, event, orderId, eventId) => {
      const first = remember(pixel, JSON.stringify(['order', pixel, event, orderId]), eventId)
      return first === eventId ? null : first
    },
    clear: (pixel) => {
      for (const [key, first] of firsts) if (pixel === undefined || first.pixel === pixel) firsts.delete(key)
    },
  }
}
