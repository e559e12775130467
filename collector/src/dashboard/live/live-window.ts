/** Keeps the newest events of a site, without gaps, as of the last poll of the store. */
import type { ListedEvent, Reports } from '../../store/reports.js'

/** The state of this many newest events is always followed; of older ones, as far as the last pending one. */
const followed = 100
/** Largest number of new events in a delta. Nobody can read more in a second. */
const maxPerDelta = 200
/** Largest number of events that a page shows. */
const maxShown = 500

export interface Delta {
  /** New and changed events, oldest first. */
  events: ListedEvent[]
  /** Highest row id. */
  newest: number
  /** Events are missing between these and earlier ones: a list must restart from here. */
  gap?: true
}

export interface LiveWindow {
  /**
   * Reads the store. Returns what is new and what has changed since the last poll; undefined if nothing, and at the
   * first poll. Of a burst it returns the newest `maxPerDelta` events, with a gap.
   */
  poll(): Promise<Delta | undefined>
  /** Whether a poll has seen this row or a higher one; false before the first poll. */
  covers(id: number): boolean
  /**
   * Returns what a client lacks whose newest row is `after`, and every event whose state it may have to update.
   * Does not read the store. `missed` is the number of new events.
   */
  since(after: number): Delta & { missed: number }
}

interface WindowState {
  /** Newest first. */
  events: ListedEvent[]
  /** No row of the site with this id or a higher one is missing. */
  completeFrom: number
}

export function createLiveWindow(store: Pick<Reports, 'events'>, site: string): LiveWindow {
  let state: WindowState | undefined
  return {
    async poll() {
      if (state === undefined) {
        const { events, next = 0 } = await store.events({ site, limit: maxShown })
        state = truncate({ events, completeFrom: next })
        return undefined
      }
      const previous = state
      const read = await readNewest(store, site, previous)
      const hasGap = read.isBurst && read.completeFrom > newestId(previous) + 1
      state = truncate(hasGap ? read : merge(previous, read))
      const events = changedEvents(previous.events, read.events)
      if (events.length === 0) return undefined
      return { events: events.toReversed(), newest: newestId(state), ...(hasGap && { gap: true }) }
    },
    covers: (id) => state !== undefined && newestId(state) >= id,
    since(after) {
      const { events: all, completeFrom } = state ?? { events: [], completeFrom: 0 }
      const events = all.filter(({ id }, index) => index < followed || id > after).toReversed()
      const missed = all.filter(({ id }) => id > after).length
      const newest = Math.max(all[0]?.id ?? 0, after)
      return { events, missed, newest, ...(completeFrom > after + 1 && { gap: true }) }
    },
  }
}

const newestId = ({ events }: WindowState) => events[0]?.id ?? 0

/** Reads the newest events: of a burst `maxPerDelta`, else as far as the last event that was pending. */
async function readNewest(
  store: Pick<Reports, 'events'>,
  site: string,
  previous: WindowState,
): Promise<WindowState & { isBurst: boolean }> {
  const first = await store.events({ site, limit: followed })
  const { next = 0 } = first
  const isBurst = first.events.length === followed && next > newestId(previous) + 1
  const pending = previous.events.findLastIndex(isPending) + 1
  const missing = (isBurst ? maxPerDelta : pending) - first.events.length
  if (next === 0 || missing <= 0) return { events: first.events, completeFrom: next, isBurst }
  const older = await store.events({ site, limit: missing, before: next })
  return { events: [...first.events, ...older.events], completeFrom: older.next ?? 0, isBurst }
}

const isPending = ({ deliveries }: ListedEvent) => deliveries.some(({ state }) => state === 'pending')

/** What was read replaces what the window had of the same rows. */
function merge(previous: WindowState, read: WindowState): WindowState {
  const older = previous.events.filter(({ id }) => id < read.completeFrom)
  return {
    events: [...read.events, ...older],
    completeFrom: Math.min(previous.completeFrom, read.completeFrom),
  }
}

function truncate({ events, completeFrom }: WindowState): WindowState {
  if (events.length <= maxShown) return { events, completeFrom }
  const shown = events.slice(0, maxShown)
  return { events: shown, completeFrom: shown.at(-1)?.id ?? 0 }
}

/** Compares by id, not with the newest row: a commit may become visible after one with higher ids. */
function changedEvents(previous: readonly ListedEvent[], read: readonly ListedEvent[]): ListedEvent[] {
  const known = new Map(previous.map((event) => [event.id, fingerprint(event)]))
  return read.filter((event) => known.get(event.id) !== fingerprint(event))
}

/** All of an event that can change. */
const fingerprint = ({ deliveries, skipReason, paired }: ListedEvent) =>
  JSON.stringify([deliveries, skipReason, paired])
