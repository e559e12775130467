/** The live feed: what is new in the store, and what became of it, to each page that looks at it. */
import { type Channel, createChannel, createSession } from 'better-sse'
import type { Response, Router } from 'express'
import type { DashboardServices } from '../page.js'
import { createLiveWindow, type LiveWindow } from './live-window.js'

const tickMs = 1_000
/** In a rush, that is when more comes than is told, it is looked less often. */
const rushTicks = 5
const mostClients = 50

/**
 * `GET /events/live?site=&after=`: frames of events, each named by the id of its newest row. The first one brings
 * whoever comes up to now: from what its page shows, or from the last frame before the line broke.
 */
export function addLive(router: Router, services: DashboardServices, stopping: AbortSignal): void {
  const { store, siteRegistry, verification, clock } = services
  const feeds = new Map<string, Feed>()
  const clients = new Set<Response>()

  /** One look at the store a second for all who look at the same site; who comes is told what it has seen. */
  function feedOf(site: string): Feed {
    const known = feeds.get(site)
    if (known) return known
    const channel = createChannel()
    const newest = createLiveWindow(store, site)
    let reportedAt: number | undefined
    let looking: Promise<void> | undefined
    let rest = 0
    const tellReport = async () => {
      const at = (await verification.last(site))?.at ?? 0
      if (reportedAt !== undefined && at !== reportedAt) channel.broadcast({ at }, 'report')
      reportedAt = at
    }
    const tellNews = async () => {
      const news = await newest.look()
      if (!news) return
      if (news.gap) rest = rushTicks - 1
      // Written once for all who look.
      const text = JSON.stringify({ ...news, now: clock() })
      channel.broadcast(text, 'events', { eventId: String(news.newest) })
    }
    const look = () => {
      looking ??= tellReport()
        .then(tellNews)
        .catch(() => {})
        .finally(() => {
          looking = undefined
        })
      return looking
    }
    const timer = setInterval(() => {
      if (rest > 0) rest--
      else void look()
    }, tickMs)
    channel.on('session-deregistered', () => {
      if (channel.sessionCount > 0) return
      clearInterval(timer)
      feeds.delete(site)
    })
    const feed = { channel, timer, newest, look }
    feeds.set(site, feed)
    return feed
  }

  router.get('/events/live', async (request, response) => {
    const { searchParams: query } = new URL(request.originalUrl, 'http://localhost')
    const site = siteRegistry.sites().find(({ domain }) => domain === query.get('site'))
    if (!site || clients.size >= mostClients) return void response.status(503).end()
    clients.add(response)
    response.on('close', () => clients.delete(response))
    const session = await createSession(request, response, {
      keepAlive: 15_000,
      retry: 2_000,
      serializer: (data) => (typeof data === 'string' ? data : JSON.stringify(data)),
    })
    const after = Number(session.lastId || query.get('after')) || 0
    const { channel, newest, look } = feedOf(site.domain)
    channel.register(session)
    // Its page may be younger than the last look, and so than one that is under way.
    for (let looks = 0; looks < 2 && !newest.reaches(after); looks++) await look()
    // The store cannot be read: the page comes again.
    if (!newest.reaches(0)) return void response.end()
    const first = newest.since(after)
    const text = JSON.stringify({ ...first, now: clock() })
    if (session.isConnected) session.push(text, 'events', String(first.newest))
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
  newest: LiveWindow
  look(): Promise<void>
}
