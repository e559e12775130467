/** Knows how open inspector pages hear of new events at once. */
import type { Request, Response } from 'express'
import type { Kept } from './kept.js'
import type { Received } from './received.js'

/** Under load a page gets a message ten times a second, not one for each request. */
const GATHER_MS = 100
const MOST = 200

export const createLive =
  (received: Received, closing: AbortSignal) =>
  (_request: Request, response: Response): void => {
    let waiting: Kept[] = []
    let timer: NodeJS.Timeout | undefined
    const send = (name: string, data: unknown) =>
      response.write(`event: ${name}\ndata: ${JSON.stringify(data)}\n\n`)
    const flush = () => {
      timer = undefined
      send('added', waiting.slice(-MOST))
      waiting = []
    }
    const unwatch = received.watch((change) => {
      if (change === 'pinned') return send('changed', {})
      if (change === 'cleared') {
        waiting = []
        return send('changed', {})
      }
      waiting.push(...change)
      timer ??= setTimeout(flush, GATHER_MS)
    })
    const end = () => {
      unwatch()
      clearTimeout(timer)
      closing.removeEventListener('abort', end)
      response.end()
    }
    response.set({ 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' })
    // One second until the browser asks again when the stand-in was restarted.
    response.write('retry: 1000\n\n')
    response.once('close', end)
    closing.addEventListener('abort', end, { once: true })
  }
