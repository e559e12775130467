/** Serves the dashboard below `/admin`: security headers, static files, log-in, live feed and pages. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import express, {
  type ErrorRequestHandler,
  type Express,
  type RequestHandler,
  type Response,
  type Router,
} from 'express'
import helmet from 'helmet'
import { siteNamed } from '../sites/hosts.js'
import type { SiteRegistry } from '../sites/registry.js'
import type { Auth } from './auth/auth.js'
import { messagePage } from './auth/public-pages.js'
import { type AuthenticatedRequest, addAuth, logOut } from './auth/session.js'
import { type About, renderAppShell } from './components/app-shell.js'
import { readForm } from './form.js'
import { addLiveRoute, type LiveDeps } from './live/route.js'
import type { Context, Page, Submission } from './page.js'

export interface DashboardDeps {
  pages: readonly Page[]
  siteRegistry: Pick<SiteRegistry, 'sites'>
  /** Unix milliseconds. */
  clock: () => number
  auth: Auth
  live: LiveDeps
  about: About
  /** Folder of the built style sheet and client script. */
  statics: string
  /** Aborts when the collector stops: the live feeds end then. */
  stopping: AbortSignal
  onBug: (error: unknown) => void
}

const statics = {
  'admin.css': 'text/css; charset=utf-8',
  'client.js': 'text/javascript; charset=utf-8',
  'icon.svg': 'image/svg+xml',
}

export function addDashboard(app: Express, deps: DashboardDeps): void {
  const router = express.Router({ caseSensitive: true })
  router.use(securityHeaders, noStore)
  addStatics(router, deps.statics)
  router.use(express.text({ type: 'application/x-www-form-urlencoded', limit: '16kb' }))
  addAuth(router, deps.auth)
  addLiveRoute(router, deps.live, deps.stopping)
  for (const page of deps.pages) addPage(router, page, deps)
  router.use((_request, response) => sendNotFound(response))
  router.use(errorHandler(deps.onBug))
  app.use('/admin', router)
}

function addStatics(router: Router, folder: string): void {
  for (const [file, type] of Object.entries(statics)) {
    const body = readFileSync(join(folder, file))
    router.get(`/static/${file}`, (_request, response) => {
      response.set({ 'Content-Type': type, 'Cache-Control': 'public, max-age=300' }).end(body)
    })
  }
}

function addPage(router: Router, page: Page, deps: DashboardDeps): void {
  router.get(page.path, async (request: AuthenticatedRequest, response) => {
    await render(request, response, page, deps)
  })
  if (!page.actions) return
  router.post(page.path, async (request: AuthenticatedRequest, response) => {
    await handlePost(request, response, page, deps)
  })
}

/** What an action adds to the page that follows without a redirect. */
interface PostResult {
  flashMessage?: string
  oneTimeSecret?: string
  submission?: Submission
}

async function render(
  request: AuthenticatedRequest,
  response: Response,
  page: Page,
  deps: DashboardDeps,
  { flashMessage, ...result }: PostResult = {},
): Promise<void> {
  const { about, pages, auth } = deps
  const context = { ...contextOf(request, deps), ...result }
  const view = await page.view(context)
  if (view === undefined) return sendNotFound(response)
  const { session } = request
  if (session?.flashMessage) await auth.setFlashMessage(session, undefined)
  const isRefused = Object.keys(result.submission?.problems ?? {}).length > 0
  const message = flashMessage ?? session?.flashMessage
  response
    .status(isRefused ? 422 : 200)
    .send(renderAppShell({ about, page, pages, context, flashMessage: message, view }))
}

async function handlePost(
  request: AuthenticatedRequest,
  response: Response,
  page: Page,
  deps: DashboardDeps,
): Promise<void> {
  const values = readForm(request.body)
  const action = values.text('action')
  const perform = Object.hasOwn(page.actions ?? {}, action) ? page.actions?.[action] : undefined
  if (!perform || !request.session) return void response.status(400).send(messagePage(unreadable))
  const result = await perform(values, contextOf(request, deps))
  if ('problems' in result) {
    const submission = { action, values, problems: result.problems }
    return render(request, response, page, deps, { submission })
  }
  const { flashMessage } = result
  if ('keepForm' in result) {
    const submission = { action, values, problems: {} }
    return render(request, response, page, deps, { flashMessage, submission })
  }
  if ('oneTimeSecret' in result) return render(request, response, page, deps, result)
  // A changed password ends all sessions, so there is none to store a message in.
  if (result.to === '/admin/login') return logOut(response)
  await deps.auth.setFlashMessage(request.session, flashMessage)
  response.redirect(303, result.to ?? request.originalUrl)
}

function contextOf(request: AuthenticatedRequest, { siteRegistry, clock }: DashboardDeps): Context {
  const { searchParams: query } = new URL(request.originalUrl, 'http://localhost')
  const sites = siteRegistry.sites()
  const requested = query.get('site')
  const site = requested === null ? sites[0] : siteNamed(sites, requested)
  return {
    sites,
    ...(site && { site }),
    query,
    id: String(request.params.id ?? ''),
    now: clock(),
    origin: `${request.protocol}://${request.host}`,
    address: request.ip ?? '',
    csrf: request.session?.csrf ?? '',
  }
}

const notFound = {
  title: 'There is nothing here',
  text: 'The address is wrong, or what was here is gone.',
}
const tooLarge = { title: 'Too much text', text: 'Nothing was changed. A form holds at most 16 kB.' }
const unreadable = { title: 'This could not be read', text: 'Nothing was changed. Go back and try again.' }
const broken = { title: 'Something is broken', text: 'Nothing was lost. The log of tagferry says more.' }

const sendNotFound = (response: Response): void => {
  response.status(404).send(messagePage(notFound))
}

/** Express recognises an error handler by its four parameters. */
const errorHandler =
  (onBug: DashboardDeps['onBug']): ErrorRequestHandler =>
  (error, _request, response, _next) => {
    const status = (error as { status?: number }).status ?? 500
    if (status >= 500) onBug(error)
    if (response.headersSent) return void response.destroy()
    const message = status === 413 ? tooLarge : status < 500 ? unreadable : broken
    response.status(status).send(messagePage(message))
  }

const noStore: RequestHandler = (_request, response, next) => {
  response.set('Cache-Control', 'no-store')
  next()
}

const securityHeaders = helmet({
  contentSecurityPolicy: {
    useDefaults: false,
    directives: {
      defaultSrc: ["'none'"],
      scriptSrc: ["'self'"],
      styleSrc: ["'self'"],
      imgSrc: ["'self'", 'data:'],
      connectSrc: ["'self'"],
      formAction: ["'self'"],
      baseUri: ["'none'"],
      frameAncestors: ["'none'"],
      requireTrustedTypesFor: ["'script'"],
      trustedTypes: ["'none'"],
    },
  },
  referrerPolicy: { policy: 'no-referrer' },
  strictTransportSecurity: { maxAge: 31_536_000 },
  crossOriginOpenerPolicy: { policy: 'same-origin' },
  xFrameOptions: { action: 'deny' },
})
