/** Knows how the inspector is served: its page under a strict policy, and its JSON API. */
import { json, Router, static as staticFiles } from 'express'
import { exampleFile } from '../folder.js'
import { createEventsApi, type InspectorOptions } from './events-api.js'
import { createLive } from './live.js'
import { createOrdersApi } from './orders-api.js'
import type { Judge } from './track.js'

/** Scripts and styles of our own files only; Trusted Types forbid every markup sink. */
const POLICY = [
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'",
  "form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
  "require-trusted-types-for 'script'; trusted-types 'none'",
].join('; ')

export const createInspector = (judge: Judge, options: InspectorOptions): Router => {
  const router = Router({ strict: true, caseSensitive: true })
  router.use((_request, response, next) => {
    response.set({
      'Content-Security-Policy': POLICY,
      'X-Content-Type-Options': 'nosniff',
      'Cache-Control': 'no-cache',
    })
    next()
  })
  router.use('/api', json({ limit: '1mb' }), createEventsApi(judge, options), createOrdersApi(judge))

  /** `GET /inspector/api/live`: server-sent events `added` (Kept[], oldest first, ≤ 200) and `changed`. */
  router.get('/api/live', createLive(judge.received, judge.closing))

  const folder = exampleFile('stand-in', 'inspector')
  router.get('/', (_request, response) => response.sendFile('inspector.html', { root: folder }))
  router.use(staticFiles(folder, { index: false, redirect: false }))
  return router
}
