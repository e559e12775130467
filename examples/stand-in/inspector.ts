/** Serves the inspector: its page under a strict policy, and its JSON API. */
import { json, Router, static as staticFiles } from 'express'
import { createControlApi } from './control-api.js'
import { createEventsApi, type InspectorOptions } from './events-api.js'
import { standInFile } from './files.js'
import { createLiveHandler } from './live.js'
import type { StandInServices } from './services.js'

/** Allows only the inspector's own scripts and styles. Trusted Types forbid markup from strings. */
const POLICY = [
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'",
  "form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
  "require-trusted-types-for 'script'; trusted-types 'none'",
].join('; ')

export const createInspector = (services: StandInServices, options: InspectorOptions): Router => {
  const router = Router({ strict: true, caseSensitive: true })
  router.use((_request, response, next) => {
    response.set({
      'Content-Security-Policy': POLICY,
      'X-Content-Type-Options': 'nosniff',
      'Cache-Control': 'no-cache',
    })
    next()
  })
  router.use('/api', json({ limit: '1mb' }), createEventsApi(services, options), createControlApi(services))

  router.get('/api/live', createLiveHandler(services.events, services.closing))

  const folder = standInFile('inspector')
  router.get('/', (_request, response) => response.sendFile('inspector.html', { root: folder }))
  router.use(staticFiles(folder, { index: false, redirect: false }))
  return router
}
