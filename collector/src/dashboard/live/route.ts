/** Serves the live feed as server-sent events. */
import { createSession } from 'better-sse'
import type { Request, Response, Router } from 'express'
import type { SiteRegistry } from '../../sites/registry.js'
import { createFeeds, type Feed, type FeedDeps } from './feed.js'

export interface LiveDeps extends FeedDeps {
  siteRegistry: Pick<SiteRegistry, 'sites'>
}

const maxClients = 50

/**
 * `GET /events/live?site=&after=`: frames of events, each with the id of its newest row. The first frame brings the
 * client up to date: from the row that its page shows, or from the last frame before a reconnect.
 */
export function addLiveRoute(router: Router, deps: LiveDeps, stopping: AbortSignal): void {
  const feeds = createFeeds(deps)
  const clients = new Set<Response>()
  router.get('/events/live', async (request, response) => {
    const domain = queryOf(request).get('site')
    const site = deps.siteRegistry.sites().find((candidate) => candidate.domain === domain)
    if (!site || clients.size >= maxClients) return void response.status(503).end()
    clients.add(response)
    response.on('close', () => clients.delete(response))
    await serveFeed(request, response, () => feeds.of(site.domain), deps.clock)
  })
  // An open response would keep the server from closing.
  stopping.addEventListener('abort', () => {
    feeds.stop()
    for (const response of clients) response.end()
  })
}

/** @param openFeed is called once there is a client for it: a feed without clients would never end */
async function serveFeed(
  request: Request,
  response: Response,
  openFeed: () => Feed,
  clock: () => number,
): Promise<void> {
  const session = await createSession(request, response, {
    keepAlive: 15_000,
    retry: 2_000,
    serializer: (data) => (typeof data === 'string' ? data : JSON.stringify(data)),
  })
  const after = Number(session.lastId || queryOf(request).get('after')) || 0
  const { channel, liveWindow, poll } = openFeed()
  channel.register(session)
  // The client's page may be newer than the last poll, and than one that is already running.
  for (let polls = 0; polls < 2 && !liveWindow.covers(after); polls++) await poll()
  // Without a single successful poll the store cannot be read. The client reconnects.
  if (!liveWindow.covers(0)) return void response.end()
  const delta = liveWindow.since(after)
  const text = JSON.stringify({ ...delta, now: clock() })
  if (session.isConnected) session.push(text, 'events', String(delta.newest))
}

const queryOf = ({ originalUrl }: Request) => new URL(originalUrl, 'http://localhost').searchParams
