/** Serves the received events as JSON, for the inspector and for test suites. */
import { type Request, type Response, Router } from 'express'
import { checkResults } from './checks.js'
import { curlCommand } from './curl.js'
import { createFilter } from './filter.js'
import { at } from './json.js'
import { eventQuery, numberParam, textParam } from './query-params.js'
import type { ReceivedEvent } from './received-event.js'
import type { StandInServices } from './services.js'
import { summarise } from './summary.js'
import { waitFor } from './wait.js'

export interface InspectorOptions {
  /** How many events the store keeps; shown on the page. */
  limit: number
  /** Origin of the stand-in; shown on the page. */
  origin: () => string
  /** The page of an event in the sender's dashboard, or null when unknown. */
  dashboardUrl: (event: ReceivedEvent) => string | null
}

const NO_SUCH_EVENT = { error: 'No such event: it was cleared, or newer ones pushed it out.' }
const MAX_WAIT_MS = 120_000

export const createEventsApi = (services: StandInServices, options: InspectorOptions): Router => {
  const router = Router({ strict: true, caseSensitive: true })
  router.get('/events', (request, response) => listEvents(request, response, services, options))
  router.get('/events.ndjson', (request, response) => exportEvents(request, response, services))
  router.get('/wait', (request, response) => waitForEvents(request, response, services, options))
  router.get('/events/:id', (request, response) => showEvent(request, response, services, options))
  router.put('/events/:id/pin', (request, response) => pinEvent(request, response, services))
  router.delete('/events', (request, response) => clearEvents(request, response, services))
  return router
}

/**
 * `GET /inspector/api/events?q=&pixel=&event=&limit=200` ->
 * `{events: ReceivedEvent[], found: number, counts: Counts, limit: number, origin: string, pixels: string[]}`,
 * newest first. `found` is the number of matching events, `limit` the size of the store, `counts` are those of `pixel`.
 */
const listEvents = (
  request: Request,
  response: Response,
  { events }: StandInServices,
  { limit, origin }: InspectorOptions,
): void => {
  const all = events.all()
  const found = all.filter(createFilter(eventQuery(request)))
  response.json({
    events: found.slice(0, numberParam(request, 'limit', 200, limit)),
    found: found.length,
    counts: events.counts(textParam(request, 'pixel')),
    limit,
    origin: origin(),
    pixels: [...new Set(all.map(({ pixel }) => pixel))].filter(Boolean).sort(),
  })
}

/** `GET /inspector/api/events.ndjson?q=&pixel=&event=`: every matching `ReceivedEvent`, newest first, one a line. */
const exportEvents = (request: Request, response: Response, { events }: StandInServices): void => {
  const found = events.all().filter(createFilter(eventQuery(request)))
  response
    .attachment('events.ndjson')
    .type('application/x-ndjson')
    .send(found.map((event) => `${JSON.stringify(event)}\n`).join(''))
}

/**
 * `GET /inspector/api/wait?pixel=&event=&q=&count=1&timeout=5000` (milliseconds, at most 120,000) ->
 * `{ready: boolean, events: ReceivedEvent[], counts: Counts}` as soon as `count` events match, or after the timeout.
 * Only counted events match (taken, not a repeat), unless `q` names a `verdict:`, `duplicate:` or `dedup:`.
 */
const waitForEvents = async (
  request: Request,
  response: Response,
  { events, closing }: StandInServices,
  { limit }: InspectorOptions,
): Promise<void> => {
  const query = eventQuery(request)
  const count = numberParam(request, 'count', 1, limit)
  const timeoutMs = numberParam(request, 'timeout', 5000, MAX_WAIT_MS)
  const disconnected = new AbortController()
  response.once('close', () => disconnected.abort())
  const signal = AbortSignal.any([disconnected.signal, closing])
  const result = await waitFor(events, query, { count, timeoutMs, signal })
  response.json({ ...result, counts: events.counts(query.pixel) })
}

/**
 * `GET /inspector/api/events/:id` -> `ReceivedEvent & {request: {method, path, headers, root}, response: {status, body},
 * summary: string, checks: Check[], family: ReceivedEvent[], curl: string | null, dashboardUrl: string | null}`.
 * The token is masked. `family` are the events with the same pixel, name and id, newest first. 404 `{error}`.
 */
const showEvent = (
  request: Request<{ id: string }>,
  response: Response,
  { events, settings }: StandInServices,
  { origin, dashboardUrl }: InspectorOptions,
): void => {
  const entry = events.get(request.params.id)
  if (!entry) return void response.status(404).json(NO_SUCH_EVENT)
  const { event, exchange } = entry
  response.json({
    ...event,
    ...exchange,
    summary: summarise(event),
    checks: checkResults(event, settings.of(event.pixel).strict),
    family: events.all().filter((other) => other === event || isCopy(event, other)),
    curl: curlCommand(origin(), event, exchange),
    dashboardUrl: dashboardUrl(event),
  })
}

const isCopy = (event: ReceivedEvent, other: ReceivedEvent): boolean =>
  event.eventId !== null &&
  other.pixel === event.pixel &&
  other.event === event.event &&
  other.eventId === event.eventId &&
  other.test === event.test

/** `PUT /inspector/api/events/:id/pin` with `{pinned: boolean}` -> 204. Clear keeps pinned events. 400, 404 `{error}`. */
const pinEvent = (
  request: Request<{ id: string }>,
  response: Response,
  { events }: StandInServices,
): void => {
  const pinned = at(request.body, 'pinned')
  if (typeof pinned !== 'boolean')
    return void response.status(400).json({ error: 'pinned must be true or false.' })
  if (!events.pin(request.params.id, pinned)) return void response.status(404).json(NO_SUCH_EVENT)
  response.status(204).end()
}

/**
 * `DELETE /inspector/api/events?pixel=&ledger=keep` -> `{cleared: number}`. Removes the events and counts of a pixel
 * (or of all), and their entries in the deduplication ledger unless `ledger=keep`. With `q` or `event` it removes only
 * the matching events, and keeps counts and ledger. Pinned events stay.
 */
const clearEvents = (request: Request, response: Response, { events, ledger }: StandInServices): void => {
  const { pixel, ...query } = eventQuery(request)
  const hasQuery = Object.keys(query).length > 0
  if (!hasQuery && textParam(request, 'ledger') !== 'keep') ledger.clear(pixel)
  response.json({ cleared: events.clear(pixel, hasQuery ? createFilter(query) : undefined) })
}
