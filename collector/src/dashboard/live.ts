/** The live feed: what is new in the store, and what became of it, to each page that looks at it. */
import { type Channel, createChannel, createSession } from 'better-sse'
import type { Response, Router } from 'express'
import type { ListedEvent } from '../store/reports.js'
import type { House } from './page.js'

const tickMs = 1_000
/** More than this at one look is a rush: nobody reads that fast, and it is looked less often. */
const mostAtOnce = 200
const rushTicks = 5
/** Events whose state is still followed. */
const followed = 100
/** More than this no page shows. */
const mostShown = 500
const mostClients = 50

/**
 * `GET /events/live?site=&after=`: frames of events, each named by the id of its newest row. The first one brings
 * whoever comes up to now: from what its page shows, or from the last frame before the line broke.
 */
export function addLive(router: Router, house: House, stopping: AbortSignal): void {
  const { store, directory, verification, clock } = house
  const feeds = new Map<string, Feed>()
  const clients = new Set<Response>()

  /** One look at the store a second for all who look at the same site. */
  function feedOf(site: string): Feed {
    const known = feeds.get(site)
    if (known) return known
    const channel = createChannel()
    const look = createLook(store, site)
    let reportedAt: number | undefined
    let busy = true
    let rest = 0
    const tellReport = async () => {
      const at = (await verification.last(site))?.at ?? 0
      if (reportedAt !== undefined && at !== reportedAt) channel.broadcast({ at }, 'report')
      reportedAt = at
    }
    const timer = setInterval(() => {
      if (busy || rest-- > 0) return
      busy = true
      void tellReport()
        .then(look)
        .then((frame) => {
          if (!frame) return
          if (frame.events.length >= mostAtOnce) rest = rushTicks - 1
          // Written once for all who look.
          const text = JSON.stringify({ ...frame, now: clock() })
          channel.broadcast(text, 'events', { eventId: frame.newest })
        })
        .catch(() => {})
        .finally(() => {
          busy = false
        })
    }, tickMs)
    channel.on('session-deregistered', () => {
      if (channel.sessionCount > 0) return
      clearInterval(timer)
      feeds.delete(site)
    })
    // What comes after this look is told; what came before, a page learns from its first frame.
    const ready = look()
      .catch(() => {})
      .then(() => {
        busy = false
      })
    const feed = { channel, timer, ready }
    feeds.set(site, feed)
    return feed
  }

  async function newest(site: string, after: number) {
    const few = (await store.events({ site, limit: followed })).events
    const last = few.at(-1)?.id ?? 0
    const events =
      few.length < followed || last <= after ? few : (await store.events({ site, limit: mostShown })).events
    const missed = events.filter(({ id }) => id > after).length
    return { events: events.toReversed(), missed, newest: String(events[0]?.id ?? after) }
  }

  router.get('/events/live', async (request, response) => {
    const { searchParams: query } = new URL(request.originalUrl, 'http://localhost')
    const site = directory.sites().find(({ domain }) => domain === query.get('site'))
    if (!site || clients.size >= mostClients) return void response.status(503).end()
    clients.add(response)
    response.on('close', () => clients.delete(response))
    const session = await createSession(request, response, {
      keepAlive: 15_000,
      retry: 2_000,
      serializer: (data) => (typeof data === 'string' ? data : JSON.stringify(data)),
    })
    const after = Number(session.lastId || query.get('after')) || 0
    const { channel, ready } = feedOf(site.domain)
    channel.register(session)
    await ready
    const first = await newest(site.domain, after)
    if (session.isConnected) session.push({ ...first, now: clock() }, 'events', first.newest)
  })
  // An open feed would keep the server from closing.
  stopping.addEventListener('abort', () => {
    for (const { timer } of feeds.values()) clearInterval(timer)
    for (const response of clients) response.end()
  })
}

interface Feed {
  channel: Channel
  timer: NodeJS.Timeout
  ready: Promise<void>
}

interface Frame {
  events: ListedEvent[]
  newest: string
}

/** Gives what is new since the last look, the newest of it in a rush, together with older events that have changed. */
function createLook(store: House['store'], site: string): () => Promise<Frame | undefined> {
  let after: number | undefined
  let known = new Map<number, string>()
  const state = (event: ListedEvent) => JSON.stringify([event.deliveries, event.skipReason])
  return async () => {
    let { events } = await store.events({ site, limit: followed })
    const oldest = events.at(-1)?.id ?? 0
    if (after !== undefined && events.length === followed && oldest > after)
      ({ events } = await store.events({ site, limit: mostAtOnce }))
    const before = known
    known = new Map(events.map((event) => [event.id, state(event)]))
    const seen = after
    after = Math.max(after ?? 0, events[0]?.id ?? 0)
    if (seen === undefined) return undefined
    // Not known: new, or older, as commits may become visible in another order than their ids.
    const news = events.filter(({ id }) => before.get(id) !== known.get(id))
    return news.length > 0 ? { events: news.toReversed(), newest: String(after) } : undefined
  }
}
