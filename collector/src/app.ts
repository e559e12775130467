/** The Express app: which routes there are, what every answer carries, and the one place where a bug ends. */
import express, { type ErrorRequestHandler, type Express } from 'express'
import { addHealthRoutes, addMetricsRoute, type HealthDeps } from './health.js'
import { addCollectRoutes, type RouteDeps } from './intake/route.js'
import type { Metrics } from './metrics.js'
import { addScriptRoutes } from './script.js'

export interface AppDeps {
  collect: RouteDeps
  health: HealthDeps
  metrics: Pick<Metrics, 'text'>
  /** Folder of the built snippet. */
  scripts: string
  trustProxy: false | number | string
  /** A bug was thrown; told without the request, which may hold personal data. */
  onBug: (error: unknown) => void
}

export function createApp(deps: AppDeps): Express {
  const app = express()
  app.disable('x-powered-by')
  app.disable('etag')
  app.set('query parser', false)
  app.set('trust proxy', deps.trustProxy)
  addCollectRoutes(app, deps.collect)
  addScriptRoutes(app, deps.scripts)
  addHealthRoutes(app, deps.health)
  addMetricsRoute(app, deps.metrics)
  app.use((_request, response) => void response.status(404).json({ error: 'not found' }))
  // Express knows an error handler by its four parameters.
  const lastResort: ErrorRequestHandler = (error, _request, response, _next) => {
    const status = (error as { status?: number }).status ?? 500
    if (status >= 500) deps.onBug(error)
    if (response.headersSent) return void response.destroy()
    response.status(status).json({ error: status >= 500 ? 'internal error' : 'the request is not valid' })
  }
  app.use(lastResort)
  return app
}
