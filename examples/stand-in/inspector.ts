/** Knows the inspector's JSON API and serves its page; the shapes stand in the docstrings of each route. */
import { json, type Request, Router, static as staticFiles } from 'express'
import { exampleFile } from '../folder.js'
import { readOrder } from './answers.js'
import { createFilter } from './filter.js'
import { at, listOf } from './json.js'
import { createLive } from './live.js'
import type { Judge } from './track.js'
import { waitFor } from './wait.js'

/** Scripts and styles of our own files only; Trusted Types forbid every markup sink. */
const POLICY = [
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'",
  "form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
  "require-trusted-types-for 'script'; trusted-types 'none'",
].join('; ')

const text = (request: Request, name: string): string | undefined => {
  const value = at(request.query, name)
  return typeof value === 'string' && value !== '' ? value : undefined
}

const number = (request: Request, name: string, fallback: number, most: number): number => {
  const value = Number(text(request, name) ?? fallback)
  return Number.isFinite(value) && value >= 0 ? Math.min(value, most) : fallback
}

const queryOf = (request: Request) => {
  const [q, pixel, event] = [text(request, 'q'), text(request, 'pixel'), text(request, 'event')]
  return { ...(q && { q }), ...(pixel && { pixel }), ...(event && { event }) }
}

export interface InspectorOptions {
  /** How many events are kept; told to the page. */
  limit: number
  /** Where TikTok's endpoint is expected; told to the page. */
  origin: () => string
}

export const createInspector = (judge: Judge, { limit, origin }: InspectorOptions): Router => {
  const router = Router({ strict: true, caseSensitive: true })
  const { received, answers, tokens, ledger } = judge

  router.use((_request, response, next) => {
    response.set({
      'Content-Security-Policy': POLICY,
      'X-Content-Type-Options': 'nosniff',
      'Cache-Control': 'no-cache',
    })
    next()
  })
  router.use('/api', json({ limit: '1mb' }))

  /**
   * `GET /inspector/api/events?q=&pixel=&event=&limit=200` ->
   * `{events: Kept[], found: number, counts: Counts, limit: number, origin: string, pixels: string[]}`,
   * newest first. `found` counts all that match, `limit` is how many events are kept, `counts` are those of `pixel`.
   */
  router.get('/api/events', (request, response) => {
    const all = received.all()
    const found = all.filter(createFilter(queryOf(request)))
    const events = found.slice(0, number(request, 'limit', 200, limit))
    const pixels = [...new Set(all.map(({ pixel }) => pixel))].filter(Boolean).sort()
    const counts = received.counts(text(request, 'pixel'))
    response.json({ events, found: found.length, counts, limit, origin: origin(), pixels })
  })

  /**
   * `GET /inspector/api/wait?pixel=&event=&q=&count=1&timeout=5000` (milliseconds, at most 120,000) ->
   * `{ready: boolean, events: Kept[], counts: Counts}` as soon as `count` events match, or at the end of the time.
   * Only counted events match (taken, not a repeat), unless `q` names a `verdict:` or `duplicate:`.
   */
  router.get('/api/wait', async (request, response) => {
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
   * `GET /inspector/api/events/:id` ->
   * `Kept & {request: {method, path, headers, root}, response: {status, body}, family: Kept[]}`; the token is masked,
   * `family` are the kept events with the same pixel, name and id, newest first. 404 `{error}`.
   */
  router.get('/api/events/:id', (request, response) => {
    const entry = received.get(request.params.id)
    if (!entry) {
      response.status(404).json({ error: 'No such event: it was cleared, or newer ones pushed it out.' })
      return
    }
    const { kept, exchange } = entry
    const same = (other: typeof kept) =>
      kept.eventId !== null &&
      other.pixel === kept.pixel &&
      other.event === kept.event &&
      other.eventId === kept.eventId
    response.json({ ...kept, ...exchange, family: received.all().filter(same) })
  })

  /**
   * `DELETE /inspector/api/events?pixel=&ledger=keep` -> `{cleared: number}`. Forgets the events and counts of a pixel
   * (or all), and what was counted within 48 h too, unless `ledger=keep`.
   */
  router.delete('/api/events', (request, response) => {
    const pixel = text(request, 'pixel')
    if (text(request, 'ledger') !== 'keep') ledger.clear(pixel)
    response.json({ cleared: received.clear(pixel) })
  })

  /** `GET /inspector/api/answers` -> `{orders: Order[]}`. */
  router.get('/api/answers', (_request, response) => {
    response.json({ orders: answers.list() })
  })

  /**
   * `PUT /inspector/api/answers` with an `Order` (`{pixel: "C…" | "*", answers: Answer[]}`) -> `{orders: Order[]}`;
   * an empty list brings the normal answer back. 400 `{error, problems}`.
   */
  router.put('/api/answers', (request, response) => {
    const read = readOrder(request.body)
    if ('problems' in read) {
      response.status(400).json({ error: 'This order cannot be read.', problems: read.problems })
      return
    }
    answers.set(read.order)
    response.json({ orders: answers.list() })
  })

  /** `PUT /inspector/api/tokens` with `{token, pixels: string[]}` -> 204; no pixels: the token is revoked. */
  router.put('/api/tokens', (request, response) => {
    const token = at(request.body, 'token')
    const pixels = listOf(at(request.body, 'pixels')).filter((pixel) => typeof pixel === 'string')
    if (typeof token !== 'string' || token === '') {
      response.status(400).json({ error: 'token must be a non-empty string.' })
      return
    }
    if (pixels.length > 0) tokens.allow(token, pixels)
    else tokens.revoke(token)
    response.status(204).end()
  })

  /** `GET /inspector/api/live`: server-sent events `added` (Kept[], oldest first, ≤ 200) and `cleared`. */
  router.get('/api/live', createLive(received, judge.closing))

  const folder = exampleFile('stand-in', 'inspector')
  router.get('/', (_request, response) => response.sendFile('inspector.html', { root: folder }))
  router.use(staticFiles(folder, { index: false, redirect: false }))
  return router
}
