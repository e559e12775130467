/** Knows the stand-in for TikTok's pixel: its script, and the events it posts from pages. */
import { type Request, type Response, Router, text } from 'express'
import { exampleFile } from '../folder.js'
import { at, deeperThan, isObject, type JsonObject, textOf } from './json.js'
import { readEvent } from './kept.js'
import type { Finding } from './rules.js'
import { type Judge, judged } from './track.js'
import { warnGoods } from './warn/goods.js'
import { warnNames } from './warn/name.js'

const DEEPEST = 64

/** The body as an object, or undefined when it is anything else. */
const read = (body: unknown): JsonObject | undefined => {
  try {
    const value: unknown = JSON.parse(String(body))
    return isObject(value) && !deeperThan(DEEPEST, value) ? value : undefined
  } catch {
    return undefined
  }
}

/** Only what a page can get wrong; the match keys of a pixel are hashed by TikTok's own script. */
const warnings = (event: unknown): Finding[] => [
  ...warnNames(event, 'data[0]'),
  ...warnGoods(event, 'data[0]'),
]

/**
 * `GET /i18n/pixel/events.js?sdkid=C…` is the script, at the path of TikTok's own. `POST /pixel/track` takes
 * `{pixel, event, event_id?, event_time, user, page, properties?}` as text from any origin -> 204, or 400.
 */
export const createPixel = (judge: Judge): Router => {
  const router = Router({ strict: true, caseSensitive: true })
  router.get('/i18n/pixel/events.js', (_request, response) =>
    response
      .set({ 'Cache-Control': 'no-cache', 'Cross-Origin-Resource-Policy': 'cross-origin' })
      .sendFile('events.js', { root: exampleFile('stand-in', 'pixel') }),
  )
  const take = (request: Request, response: Response) => {
    response.set('Access-Control-Allow-Origin', '*')
    const { pixel, test_event_code, ...event } = read(request.body) ?? {}
    if (typeof pixel !== 'string' || textOf(at(event, 'event')) === null)
      return void response.status(400).type('text/plain').end('pixel and event are missing.')
    const root = {
      event_source: 'web',
      event_source_id: pixel,
      ...(test_event_code !== undefined && { test_event_code }),
    }
    const known = readEvent({ ...root, data: [event] }, event)
    const identity = { ...known, event: known.event ?? '', channel: 'browser' as const }
    const repeat = judge.ledger.note(identity, String(judge.received.next()))
    const kept = {
      ...known,
      ...judged(warnings(event), repeat),
      receivedAt: new Date(judge.now(pixel)).toISOString(),
      requestId: '',
      index: 0,
      channel: 'browser' as const,
      code: null,
      fault: null,
      tookMs: 0,
    }
    const headers = { 'content-type': 'text/plain', origin: request.get('origin') ?? '' }
    judge.received.add(pixel, [kept], {
      request: { method: 'POST', path: request.originalUrl, headers, root },
      response: { status: 204, body: null },
    })
    response.status(204).end()
  }
  router.post('/pixel/track', text({ type: () => true, limit: '256kb' }), take)
  return router
}
