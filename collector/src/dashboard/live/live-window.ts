/** The newest events of a site as of the last look at the store, without a hole: what a live list shows. */
import type { ListedEvent, Reports } from '../../store/reports.js'

/** Events whose state is always followed; of those behind them, as far as the last that waits. */
const followed = 100
/** More new ones at one look than this are a rush: nobody reads that fast. */
const mostAtOnce = 200
/** More than this no page shows. */
const mostShown = 500

export interface Delta {
  /** Oldest first. */
  events: ListedEvent[]
  /** The id of the newest row there is. */
  newest: number
  /** Between these and what was told before there are more: a list goes on from here. */
  gap?: true
}

export interface LiveWindow {
  /** Gives what is new since the last look, and what has changed; of a rush the newest. The first look gives nothing. */
  look(): Promise<Delta | undefined>
  /** Whether a look has come as far as a row. */
  reaches(id: number): boolean
  /** For whom the newest row was this one: what is new since, and all that may have changed. Asks nobody. */
  since(after: number): Delta & { missed: number }
}

export function createLiveWindow(store: Pick<Reports, 'events'>, site: string): LiveWindow {
  /** Newest first. */
  let list: ListedEvent[] = []
  let looked = false
  /** No row of the site from here on up is missing in the list. */
  let end = 0
  const newest = () => list[0]?.id ?? 0

  function keep(events: ListedEvent[], from: number): void {
    list = events.slice(0, mostShown)
    end = events.length > mostShown ? (list.at(-1)?.id ?? 0) : from
  }

  async function first(): Promise<undefined> {
    const { events, next = 0 } = await store.events({ site, limit: mostShown })
    keep(events, next)
    looked = true
  }

  async function next(): Promise<Delta | undefined> {
    const before = new Map(list.map((event) => [event.id, event]))
    const seen = newest()
    const waiting = list.findLastIndex(isPending) + 1
    let { events, next: from = 0 } = await store.events({ site, limit: followed })
    const rush = events.length === followed && from > seen + 1
    const more = (rush ? mostAtOnce : waiting) - events.length
    if (from > 0 && more > 0) {
      const behind = await store.events({ site, limit: more, before: from })
      events = [...events, ...behind.events]
      from = behind.next ?? 0
    }
    const gap = rush && from > seen + 1
    if (gap) keep(events, from)
    else keep([...events, ...list.filter(({ id }) => id < from)], Math.min(end, from))
    // Not known: new, or older, as commits may become visible in another order than their ids.
    const news = events.filter((event) => stateOf(before.get(event.id)) !== stateOf(event))
    if (news.length === 0) return undefined
    return { events: news.toReversed(), newest: newest(), ...(gap && { gap }) }
  }

  return {
    look: () => (looked ? next() : first()),
    reaches: (id) => looked && newest() >= id,
    since(after) {
      const events = list.filter(({ id }, at) => at < followed || id > after).toReversed()
      const missed = list.filter(({ id }) => id > after).length
      return { events, missed, newest: Math.max(newest(), after), ...(end > after + 1 && { gap: true }) }
    },
  }
}

const isPending = ({ deliveries }: ListedEvent) => deliveries.some(({ state }) => state === 'pending')

const stateOf = (event?: ListedEvent) =>
  event && JSON.stringify([event.deliveries, event.skipReason, event.paired])
