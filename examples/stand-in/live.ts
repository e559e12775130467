/** Streams new events to open inspector pages as server-sent events. */
import type { Request, Response } from 'express'
import type { EventStore } from './event-store.js'
import type { ReceivedEvent } from './received-event.js'

/** New events are sent at most ten times a second, so that load does not flood the page. */
const BATCH_MS = 100
const MAX_EVENTS = 200

/** Sends `added` (ReceivedEvent[], oldest first, at most 200) and `changed` (after a clear or a pin). */
export const createLiveHandler =
  (events: EventStore, closing: AbortSignal) =>
  (_request: Request, response: Response): void => {
    let batch: ReceivedEvent[] = []
    let timer: NodeJS.Timeout | undefined
    const send = (name: string, data: unknown) =>
      response.write(`event: ${name}\ndata: ${JSON.stringify(data)}\n\n`)
    const flush = () => {
      timer = undefined
      send('added', batch.slice(-MAX_EVENTS))
      batch = []
    }
    const unsubscribe = events.subscribe((change) => {
      if (change === 'cleared') batch = []
      if (typeof change === 'string') return send('changed', {})
      batch.push(...change)
      timer ??= setTimeout(flush, BATCH_MS)
    })
    const end = () => {
      unsubscribe()
      clearTimeout(timer)
      closing.removeEventListener('abort', end)
      response.end()
    }
    response.set({ 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' })
    // The browser reconnects after one second when the stand-in restarts.
    response.write('retry: 1000\n\n')
    response.once('close', end)
    closing.addEventListener('abort', end, { once: true })
  }
