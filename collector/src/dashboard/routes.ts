/** The dashboard over HTTP: headers of every answer, static files, and how a page is found, shown and acted on. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import express, { type ErrorRequestHandler, type Express, type Response } from 'express'
import helmet from 'helmet'
import type { Auth } from './auth/auth.js'
import { messagePage } from './auth/public-pages.js'
import { type AuthenticatedRequest, addAuth, logOut } from './auth/session.js'
import { renderAppShell } from './components/app-shell.js'
import { type Form, readForm } from './form.js'
import { addLive } from './live/route.js'
import type { Context, DashboardServices, Page, Problems } from './page.js'
import { pages } from './pages/index.js'

export interface DashboardDeps {
  services: DashboardServices
  auth: Auth
  /** Folder of the built style sheet and script. */
  statics: string
  /** The collector ends: so do the live feeds. */
  stopping: AbortSignal
  onBug: (error: unknown) => void
}

const statics = {
  'admin.css': 'text/css; charset=utf-8',
  'client.js': 'text/javascript; charset=utf-8',
  'icon.svg': 'image/svg+xml',
}

/** Adds everything below `/admin`. */
export function addDashboard(app: Express, deps: DashboardDeps): void {
  const { services, auth, statics: folder, stopping, onBug } = deps
  const router = express.Router({ caseSensitive: true })
  router.use(headers)
  router.use((_request, response, next) => {
    response.set('Cache-Control', 'no-store')
    next()
  })
  for (const [file, type] of Object.entries(statics)) {
    const body = readFileSync(join(folder, file))
    router.get(`/static/${file}`, (_request, response) => {
      response.set({ 'Content-Type': type, 'Cache-Control': 'public, max-age=300' }).end(body)
    })
  }
  router.use(express.text({ type: 'application/x-www-form-urlencoded', limit: '16kb' }))
  addAuth(router, auth)
  addLive(router, services, stopping)
  for (const page of pages) {
    router.get(page.path, (request: AuthenticatedRequest, response) => render(request, response, page))
    if (page.actions)
      router.post(page.path, (request: AuthenticatedRequest, response) => handlePost(request, response, page))
  }
  router.use((_request, response) => void response.status(404).send(messagePage(nothingHere)))
  const failed: ErrorRequestHandler = (error, _request, response, _next) => {
    const status = (error as { status?: number }).status ?? 500
    if (status >= 500) onBug(error)
    if (response.headersSent) return void response.destroy()
    response.status(status).send(messagePage(status === 413 ? tooLarge : status < 500 ? odd : broken))
  }
  router.use(failed)
  app.use('/admin', router)

  async function render(request: AuthenticatedRequest, response: Response, page: Page, more: More = {}) {
    const { refused, said, once } = more
    const context = { ...contextOf(request), ...(refused && { refused }), ...(once && { once }) }
    const view = await page.view(context)
    if (view === undefined) return void response.status(404).send(messagePage(nothingHere))
    const kept = request.session?.flashMessage
    if (request.session && kept) await auth.setFlashMessage(request.session, undefined)
    const flash = said ?? kept
    response.status(refused ? 422 : 200).send(renderAppShell({ page, pages, context, flash, view }))
  }

  async function handlePost(request: AuthenticatedRequest, response: Response, page: Page) {
    const form = readForm(request.body)
    const action = form.text('action')
    const perform = Object.hasOwn(page.actions ?? {}, action) ? page.actions?.[action] : undefined
    if (!perform || !request.session) return void response.status(400).send(messagePage(odd))
    const context = contextOf(request)
    const done = await perform(form, context)
    if ('problems' in done) {
      const refused = { action, values: form, problems: done.problems }
      return render(request, response, page, { refused })
    }
    if ('once' in done) return render(request, response, page, done)
    // All sessions may have ended with it.
    if (done.to === '/admin/login') return logOut(response)
    await auth.setFlashMessage(request.session, done.said)
    response.redirect(303, done.to ?? request.originalUrl)
  }

  function contextOf(request: AuthenticatedRequest): Context {
    const query = new URL(request.originalUrl, 'http://localhost').searchParams
    const sites = services.siteRegistry.sites()
    const named = query.get('site')
    const site = named === null ? sites[0] : sites.find(({ domain }) => domain === named)
    return {
      services,
      query,
      id: String(request.params.id ?? ''),
      now: services.clock(),
      origin: `${request.protocol}://${request.host}`,
      address: request.ip ?? '',
      csrf: request.session?.csrf ?? '',
      ...(site && { site }),
    }
  }
}

/** What an action left to be shown. */
interface More {
  refused?: { action: string; values: Form; problems: Problems }
  said?: string
  once?: string
}

const nothingHere = {
  title: 'There is nothing here',
  text: 'The address is wrong, or what was here is gone.',
}
const tooLarge = { title: 'Too much text', text: 'Nothing was changed. A form holds at most 16 kB.' }
const odd = { title: 'This could not be read', text: 'Nothing was changed. Go back and try again.' }
const broken = { title: 'Something is broken', text: 'Nothing was lost. The log of tagferry says more.' }

const headers = helmet({
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
