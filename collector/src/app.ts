/** Creates the Express apps: all routes, the settings of every response, and the error handler. */
import express, { type ErrorRequestHandler, type Express } from 'express'
import { addDashboard, type DashboardDeps } from './dashboard/routes.js'
import { addHealthRoutes, addMetricsRoute, type HealthDeps } from './endpoints/health.js'
import { addOpenApiRoute } from './endpoints/openapi.js'
import { addScriptRoutes } from './endpoints/script.js'
import { addCollectRoutes, type RouteDeps } from './intake/route.js'
import type { Metrics } from './metrics.js'
import { addVerifyRoute, type VerifyDeps } from './verification/route.js'

export interface AdminDeps {
  metrics: Pick<Metrics, 'text'>
  dashboard: DashboardDeps
}

export interface AppDeps {
  collect: RouteDeps
  health: HealthDeps
  verify: VerifyDeps
  /** Absent where the admin routes have a listener of their own. */
  admin: AdminDeps | undefined
  /** Folder of the built snippet. */
  scripts: string
  trustProxy: false | number | string
  /** Reports a bug, without the request, which may hold personal data. */
  onBug: (error: unknown) => void
}

/** Creates the public app. */
export function createApp(deps: AppDeps): Express {
  const app = createEmptyApp(deps)
  addCollectRoutes(app, deps.collect)
  addScriptRoutes(app, deps.scripts)
  addHealthRoutes(app, deps.health)
  addOpenApiRoute(app)
  addVerifyRoute(app, deps.verify)
  if (deps.admin) addAdminRoutes(app, deps.admin)
  return addErrorHandlers(app, deps)
}

/** Creates the app of a listener that only the owner can reach. */
export function createAdminApp(deps: AdminDeps & Pick<AppDeps, 'trustProxy' | 'onBug'>): Express {
  const app = createEmptyApp(deps)
  app.get('/', (_request, response) => response.redirect(303, '/admin'))
  addAdminRoutes(app, deps, true)
  return addErrorHandlers(app, deps)
}

/** @param isOwnListener only the owner can reach the listener */
function addAdminRoutes(app: Express, { metrics, dashboard }: AdminDeps, isOwnListener = false): void {
  addMetricsRoute(app, metrics, isOwnListener)
  addDashboard(app, dashboard)
}

function createEmptyApp({ trustProxy }: Pick<AppDeps, 'trustProxy'>): Express {
  const app = express()
  app.disable('x-powered-by')
  app.disable('etag')
  app.set('query parser', false)
  app.set('trust proxy', trustProxy)
  return app
}

function addErrorHandlers(app: Express, { onBug }: Pick<AppDeps, 'onBug'>): Express {
  app.use((_request, response) => void response.status(404).json({ error: 'not found' }))
  // Express recognises an error handler by its four parameters.
  const handleError: ErrorRequestHandler = (error, _request, response, _next) => {
    const status = (error as { status?: number }).status ?? 500
    if (status >= 500) onBug(error)
    if (response.headersSent) return void response.destroy()
    response.status(status).json({ error: status >= 500 ? 'internal error' : 'the request is not valid' })
  }
  app.use(handleError)
  return app
}
