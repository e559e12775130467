/** Knows the part of the inspector's JSON API that tells the stand-in how to behave; shapes stand above each route. */
import { Router } from 'express'
import { readOrder } from './answers.js'
import { CODES } from './codes.js'
import { at, listOf } from './json.js'
import { readSettings } from './settings.js'
import type { Judge } from './track.js'

export const createOrdersApi = ({ answers, settings, tokens, now }: Judge): Router => {
  const router = Router({ strict: true, caseSensitive: true })

  /** `GET /inspector/api/answers` -> `{orders: Order[]}`. */
  router.get('/answers', (_request, response) => {
    response.json({ orders: answers.list() })
  })

  /**
   * `PUT /inspector/api/answers` with an `Order` (`{pixel: "C…" | "*", answers: Answer[]}`) -> `{orders: Order[]}`;
   * an empty list brings the normal answer back. 400 `{error, problems}`.
   */
  router.put('/answers', (request, response) => {
    const read = readOrder(request.body)
    if ('problems' in read)
      return void response.status(400).json({ error: 'This order cannot be read.', problems: read.problems })
    answers.set(read.order)
    response.json({ orders: answers.list() })
  })

  /** `GET /inspector/api/codes` -> `{codes: {code: number, message: string}[]}`: all that can be ordered by name. */
  router.get('/codes', (_request, response) => {
    response.json({ codes: Array.from(CODES, ([code, message]) => ({ code, message })) })
  })

  const told = () => ({ settings: settings.list(), now: new Date(now('*')).toISOString() })

  /**
   * `GET /inspector/api/settings` -> `{settings: [{pixel, strict, clockOffsetMs}], now: string}`; `*` is for all pixels
   * without their own, `now` is its clock.
   */
  router.get('/settings', (_request, response) => {
    response.json(told())
  })

  /** `PUT /inspector/api/settings` with `{pixel?: "C…" | "*", strict?, clockOffsetMs?}` -> as GET. 400 `{error}`. */
  router.put('/settings', (request, response) => {
    const read = readSettings(request.body)
    if ('problem' in read) return void response.status(400).json({ error: read.problem })
    settings.set(read.pixel, read.change)
    response.json(told())
  })

  /** `PUT /inspector/api/tokens` with `{token, pixels: string[]}` -> 204; no pixels: the token is revoked. */
  router.put('/tokens', (request, response) => {
    const token = at(request.body, 'token')
    const pixels = listOf(at(request.body, 'pixels')).filter((pixel) => typeof pixel === 'string')
    if (typeof token !== 'string' || token === '')
      return void response.status(400).json({ error: 'token must be a non-empty string.' })
    if (pixels.length > 0) tokens.allow(token, pixels)
    else tokens.revoke(token)
    response.status(204).end()
  })
  return router
}
