/** The Express app: which routes there are, what every answer carries, and the one place where a bug ends. */
import express, { type ErrorRequestHandler, type Express } from 'express'
import { addDashboard, type DashboardDeps } from './dashboard/routes.js'
import { addHealthRoutes, addMetricsRoute, type HealthDeps } from './endpoints/health.js'
import { addOpenApiRoute } from './endpoints/openapi.js'
import { addScriptRoutes } from './endpoints/script.js'
import { addCollectRoutes, type RouteDeps } from './intake/route.js'
import type { Metrics } from './metrics.js'
import { addVerifyRoute, type VerifyDeps } from './verification/route.js'

export interface InsideDeps {
  metrics: Pick<Metrics, 'text'>
  dashboard: DashboardDeps
}

export interface AppDeps {
  collect: RouteDeps
  health: HealthDeps
  verify: VerifyDeps
  /** What only the owner is to see, where it has no listener of its own. */
  inside?: InsideDeps | undefined
  /** Folder of the built snippet. */
  scripts: string
  trustProxy: false | number | string
  /** A bug was thrown; told without the request, which may hold personal data. */
  onBug: (error: unknown) => void
}

export function createApp(deps: AppDeps): Express {
  const app = bareApp(deps)
  addCollectRoutes(app, deps.collect)
  addScriptRoutes(app, deps.scripts)
  addHealthRoutes(app, deps.health)
  addOpenApiRoute(app)
  addVerifyRoute(app, deps.verify)
  if (deps.inside) addInside(app, deps.inside)
  return ended(app, deps)
}

/** The app of a listener that only the owner reaches. */
export function createAdminApp(deps: InsideDeps & Pick<AppDeps, 'trustProxy' | 'onBug'>): Express {
  const app = bareApp(deps)
  app.get('/', (_request, response) => response.redirect(303, '/admin'))
  addInside(app, deps, true)
  return ended(app, deps)
}

function addInside(app: Express, { metrics, dashboard }: InsideDeps, alone = false): void {
  addMetricsRoute(app, metrics, alone)
  addDashboard(app, dashboard)
}

function bareApp({ trustProxy }: Pick<AppDeps, 'trustProxy'>): Express {
  const app = express()
  app.disable('x-powered-by')
  app.disable('etag')
  app.set('query parser', false)
  app.set('trust proxy', trustProxy)
  return app
}

function ended(app: Express, deps: Pick<AppDeps, 'onBug'>): Express {
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
