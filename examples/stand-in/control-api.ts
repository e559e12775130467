/** Serves the JSON API that controls the stand-in: simulated answers, settings and tokens. */
import { Router } from 'express'
import { parseAnswerQueue } from './answers.js'
import { CODES } from './codes.js'
import { arrayOrEmpty, at } from './json.js'
import type { StandInServices } from './services.js'
import { parseSettings } from './settings.js'

export const createControlApi = (services: StandInServices): Router => {
  const router = Router({ strict: true, caseSensitive: true })
  addAnswerRoutes(router, services)
  addSettingsRoutes(router, services)
  addTokenRoutes(router, services)
  return router
}

const addAnswerRoutes = (router: Router, { answers }: StandInServices): void => {
  /** `GET /inspector/api/answers` -> `{orders: AnswerQueue[]}`. */
  router.get('/answers', (_request, response) => {
    response.json({ orders: answers.list() })
  })

  /**
   * `PUT /inspector/api/answers` with an `AnswerQueue` (`{pixel: "C…" | "*", answers: Answer[]}`) ->
   * `{orders: AnswerQueue[]}`; an empty list restores the normal answer. 400 `{error, problems}`.
   */
  router.put('/answers', (request, response) => {
    const parsed = parseAnswerQueue(request.body)
    if ('problems' in parsed)
      return void response.status(400).json({ error: 'Invalid answers.', problems: parsed.problems })
    answers.set(parsed.queue)
    response.json({ orders: answers.list() })
  })

  /** `GET /inspector/api/codes` -> `{codes: {code: number, message: string}[]}`: all codes that have a known message. */
  router.get('/codes', (_request, response) => {
    response.json({ codes: Array.from(CODES, ([code, message]) => ({ code, message })) })
  })
}

const addSettingsRoutes = (router: Router, { settings, now }: StandInServices): void => {
  const current = () => ({ settings: settings.list(), now: new Date(now('*')).toISOString() })

  /**
   * `GET /inspector/api/settings` -> `{settings: [{pixel, strict, clockOffsetMs}], now: string}`. `*` stands for all
   * pixels without settings of their own; `now` is its clock.
   */
  router.get('/settings', (_request, response) => {
    response.json(current())
  })

  /** `PUT /inspector/api/settings` with `{pixel?: "C…" | "*", strict?, clockOffsetMs?}` -> as GET. 400 `{error}`. */
  router.put('/settings', (request, response) => {
    const parsed = parseSettings(request.body)
    if ('problem' in parsed) return void response.status(400).json({ error: parsed.problem })
    settings.set(parsed.pixel, parsed.change)
    response.json(current())
  })
}

const addTokenRoutes = (router: Router, { tokens }: StandInServices): void => {
  /** `PUT /inspector/api/tokens` with `{token, pixels: string[]}` -> 204; an empty list revokes the token. */
  router.put('/tokens', (request, response) => {
    const token = at(request.body, 'token')
    const pixels = arrayOrEmpty(at(request.body, 'pixels')).filter((pixel) => typeof pixel === 'string')
    if (typeof token !== 'string' || token === '')
      return void response.status(400).json({ error: 'token must be a non-empty string.' })
    if (pixels.length > 0) tokens.allow(token, pixels)
    else tokens.revoke(token)
    response.status(204).end()
  })
}
