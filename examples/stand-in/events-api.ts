/** Knows the part of the inspector's JSON API that is about received events; shapes stand above each route. */
import { Router } from 'express'
import { checksOf } from './checks.js'
import { curlOf } from './curl.js'
import { createFilter } from './filter.js'
import { at } from './json.js'
import type { Kept } from './kept.js'
import { number, queryOf, text } from './query.js'
import { summarise } from './summary.js'
import type { Judge } from './track.js'
import { waitFor } from './wait.js'

export interface InspectorOptions {
  /** How many events are kept; told to the page. */
  limit: number
  /** Where TikTok's endpoint is expected; told to the page. */
  origin: () => string
  /** Where the sender shows an event, or null when nobody knows. */
  journey: (kept: Kept) => string | null
}

const GONE = { error: 'No such event: it was cleared, or newer ones pushed it out.' }

export const createEventsApi = (judge: Judge, { limit, origin, journey }: InspectorOptions): Router => {
  const router = Router({ strict: true, caseSensitive: true })
  const { received, ledger, settings } = judge

  /**
   * `GET /inspector/api/events?q=&pixel=&event=&limit=200` ->
   * `{events: Kept[], found: number, counts: Counts, limit: number, origin: string, pixels: string[]}`,
   * newest first. `found` counts all that match, `limit` is how many events are kept, `counts` are those of `pixel`.
   */
  router.get('/events', (request, response) => {
    const all = received.all()
    const found = all.filter(createFilter(queryOf(request)))
    const events = found.slice(0, number(request, 'limit', 200, limit))
    const pixels = [...new Set(all.map(({ pixel }) => pixel))].filter(Boolean).sort()
    const counts = received.counts(text(request, 'pixel'))
    response.json({ events, found: found.length, counts, limit, origin: origin(), pixels })
  })

  /** `GET /inspector/api/events.ndjson?q=&pixel=&event=`: every matching `Kept`, newest first, one a line. */
  router.get('/events.ndjson', (request, response) => {
    const found = received.all().filter(createFilter(queryOf(request)))
    response
      .attachment('events.ndjson')
      .type('application/x-ndjson')
      .send(found.map((kept) => `${JSON.stringify(kept)}\n`).join(''))
  })

  /**
   * `GET /inspector/api/wait?pixel=&event=&q=&count=1&timeout=5000` (milliseconds, at most 120,000) ->
   * `{ready: boolean, events: Kept[], counts: Counts}` as soon as `count` events match, or at the end of the time.
   * Only counted events match (taken, not a repeat), unless `q` names a `verdict:`, `duplicate:` or `dedup:`.
   */
  router.get('/wait', async (request, response) => {
    const query = queryOf(request)
    const count = number(request, 'count', 1, limit)
    const timeoutMs = number(request, 'timeout', 5000, 120_000)
    const gone = new AbortController()
    response.once('close', () => gone.abort())
    const signal = AbortSignal.any([gone.signal, judge.closing])
    const result = await waitFor(received, query, { count, timeoutMs, signal })
    response.json({ ...result, counts: received.counts(query.pixel) })
  })

  /**
   * `GET /inspector/api/events/:id` -> `Kept & {request: {method, path, headers, root}, response: {status, body},
   * summary: string, checks: Check[], family: Kept[], curl: string | null, journey: string | null}`; the token is
   * masked, `family` are the kept events with the same pixel, name and id, newest first. 404 `{error}`.
   */
  router.get('/events/:id', (request, response) => {
    const entry = received.get(request.params.id)
    if (!entry) return void response.status(404).json(GONE)
    const { kept, exchange } = entry
    const same = (other: Kept) =>
      kept.eventId !== null &&
      other.pixel === kept.pixel &&
      other.event === kept.event &&
      other.eventId === kept.eventId &&
      other.test === kept.test
    response.json({
      ...kept,
      ...exchange,
      summary: summarise(kept),
      checks: checksOf(kept, settings.of(kept.pixel).strict),
      family: received.all().filter((other) => other === kept || same(other)),
      curl: curlOf(origin(), kept, exchange),
      journey: journey(kept),
    })
  })

  /** `PUT /inspector/api/events/:id/pin` with `{pinned: boolean}` -> 204; a pinned event outlives Clear. 400, 404. */
  router.put('/events/:id/pin', (request, response) => {
    const pinned = at(request.body, 'pinned')
    if (typeof pinned !== 'boolean')
      return void response.status(400).json({ error: 'pinned must be true or false.' })
    if (!received.pin(request.params.id, pinned)) return void response.status(404).json(GONE)
    response.status(204).end()
  })

  /**
   * `DELETE /inspector/api/events?pixel=&ledger=keep` -> `{cleared: number}`. Forgets the events and counts of a pixel
   * (or all), and what was counted within 48 h too, unless `ledger=keep`. With `q` or `event` only the events that
   * match go; counts and ledger stay. Pinned events stay.
   */
  router.delete('/events', (request, response) => {
    const { pixel, ...query } = queryOf(request)
    const some = Object.keys(query).length > 0
    if (!some && text(request, 'ledger') !== 'keep') ledger.clear(pixel)
    response.json({ cleared: received.clear(pixel, some ? createFilter(query) : undefined) })
  })
  return router
}
