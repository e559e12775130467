/** Serves the stand-in for TikTok's pixel: its script, and the endpoint for the events that it posts from pages. */
import { type Request, type Response, Router, text } from 'express'
import { standInFile } from './files.js'
import { at, type JsonObject, parseObject, stringOrNull } from './json.js'
import { readEvent, verdictFields } from './received-event.js'
import type { Finding } from './rules.js'
import type { StandInServices } from './services.js'
import { warnEvent } from './warn/event.js'
import { warnProperties } from './warn/properties.js'

/**
 * `GET /i18n/pixel/events.js?sdkid=C…` is the script, at the path of TikTok's own. `POST /pixel/track` takes
 * `{pixel, event, event_id?, event_time, user, page, properties?}` as text from any origin -> 204, or 400.
 */
export const createPixel = (services: StandInServices): Router => {
  const router = Router({ strict: true, caseSensitive: true })
  router.get('/i18n/pixel/events.js', (_request, response) =>
    response
      .set({ 'Cache-Control': 'no-cache', 'Cross-Origin-Resource-Policy': 'cross-origin' })
      .sendFile('events.js', { root: standInFile('pixel') }),
  )
  router.post('/pixel/track', text({ type: () => true, limit: '256kb' }), (request, response) =>
    trackPixelEvent(request, response, services),
  )
  return router
}

const trackPixelEvent = (request: Request, response: Response, services: StandInServices): void => {
  response.set('Access-Control-Allow-Origin', '*')
  const { pixel, test_event_code, ...payload } = parseObject(String(request.body)) ?? {}
  if (typeof pixel !== 'string' || stringOrNull(at(payload, 'event')) === null)
    return void response.status(400).type('text/plain').end('pixel and event are missing.')
  const root = {
    event_source: 'web',
    event_source_id: pixel,
    ...(test_event_code !== undefined && { test_event_code }),
  }
  const headers = { 'content-type': 'text/plain', origin: request.get('origin') ?? '' }
  services.events.add(pixel, [createEvent(pixel, root, payload, services)], {
    request: { method: 'POST', path: request.originalUrl, headers, root },
    response: { status: 204, body: null },
  })
  response.status(204).end()
}

const createEvent = (pixel: string, root: JsonObject, payload: JsonObject, services: StandInServices) => {
  const event = readEvent({ ...root, data: [payload] }, payload)
  const identity = { ...event, event: event.event ?? '', channel: 'browser' as const }
  const repeat = services.ledger.record(identity, String(services.events.nextId()))
  return {
    ...event,
    ...verdictFields(pageWarnings(payload), repeat),
    receivedAt: new Date(services.now(pixel)).toISOString(),
    requestId: '',
    index: 0,
    channel: 'browser' as const,
    code: null,
    fault: null,
    tookMs: 0,
  }
}

/** Match keys are not checked, because the script of the pixel hashes them. */
const pageWarnings = (payload: unknown): Finding[] => [
  ...warnEvent(payload, 'data[0]'),
  ...warnProperties(payload, 'data[0]'),
]
