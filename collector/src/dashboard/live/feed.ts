/** Polls the store once a second for each site that has clients, and broadcasts to all of them what is new. */
import { type Channel, createChannel } from 'better-sse'
import type { Reports } from '../../store/reports.js'
import type { Verification } from '../../verification/handshake.js'
import { createLiveWindow, type LiveWindow } from './live-window.js'

const pollIntervalMs = 1_000
/** In a burst, when a delta has a gap, this many ticks pass until the next poll. */
const burstTicks = 5

export interface FeedDeps {
  store: Pick<Reports, 'events'>
  verification: Pick<Verification, 'last'>
  /** Unix milliseconds. */
  clock: () => number
}

/** The live feed of one site. */
export interface Feed {
  channel: Channel
  liveWindow: Pick<LiveWindow, 'covers' | 'since'>
  /** Polls now, or waits for the poll that is running. Never rejects: the next poll tries again. */
  poll(): Promise<void>
}

export interface Feeds {
  /** The feed ends when its last client leaves. */
  of(site: string): Feed
  stop(): void
}

export function createFeeds(deps: FeedDeps): Feeds {
  const feeds = new Map<string, { feed: Feed; stop: () => void }>()
  return {
    of(site) {
      const existing = feeds.get(site)
      if (existing) return existing.feed
      const opened = openFeed(deps, site)
      opened.feed.channel.on('session-deregistered', () => {
        if (opened.feed.channel.sessionCount > 0) return
        opened.stop()
        feeds.delete(site)
      })
      feeds.set(site, opened)
      return opened.feed
    },
    stop() {
      for (const { stop } of feeds.values()) stop()
    },
  }
}

function openFeed(deps: FeedDeps, site: string): { feed: Feed; stop: () => void } {
  const channel = createChannel()
  const liveWindow = createLiveWindow(deps.store, site)
  const broadcastReport = createReportBroadcast(deps, site, channel)
  let running: Promise<void> | undefined
  let skippedTicks = 0

  async function broadcastEvents(): Promise<void> {
    const delta = await liveWindow.poll()
    if (!delta) return
    if (delta.gap) skippedTicks = burstTicks - 1
    // Serialised once for all clients.
    const text = JSON.stringify({ ...delta, now: deps.clock() })
    channel.broadcast(text, 'events', { eventId: String(delta.newest) })
  }
  function poll(): Promise<void> {
    running ??= broadcastReport()
      .then(broadcastEvents)
      .catch(() => {})
      .finally(() => {
        running = undefined
      })
    return running
  }
  const timer = setInterval(() => {
    if (skippedTicks > 0) skippedTicks--
    else void poll()
  }, pollIntervalMs)
  return { feed: { channel, liveWindow, poll }, stop: () => clearInterval(timer) }
}

/** Broadcasts when the script has reported on its page since the last call. */
function createReportBroadcast({ verification }: FeedDeps, site: string, channel: Channel) {
  let lastReportAt: number | undefined
  return async (): Promise<void> => {
    const at = (await verification.last(site))?.at ?? 0
    if (lastReportAt !== undefined && at !== lastReportAt) channel.broadcast({ at }, 'report')
    lastReportAt = at
  }
}
