/** Adds the routes of the example pages, and the endpoints that their forms and scripts call. */
import { randomBytes } from 'node:crypto'
import express, { type Express, type Request, type Response } from 'express'
import { CUSTOMER_COOKIE, isCustomerNumber } from '../customer.js'
import { exampleFile } from '../files.js'
import { portFromHost, redirectToSubdomain } from '../hosts.js'
import { API_KEY } from '../keys.js'
import type { Orders } from '../orders.js'
import { formField, type SendPage } from '../page-sender.js'
import type { Page } from '../pages/layout.js'
import { notFoundPage } from '../pages/not-found.js'
import type { ShopSettings } from '../settings.js'
import { visitorOf } from '../visitor.js'
import { foreignPage } from './attack.js'
import type { ExampleContext, ExamplePage } from './example-page.js'
import { expressThankYouPage, oneFerry } from './express-checkout.js'
import { formDocument } from './frames.js'
import { EXAMPLE_PAGES } from './index.js'
import { indexPage } from './index-page.js'
import { orderBody } from './server-order.js'

export interface ExampleRoutes {
  settings: ShopSettings
  orders: Orders
  /** Answers the next events posted to the collector with these HTTP statuses. */
  failNext(...statuses: number[]): void
  sendPage: SendPage
}

type SendExample = (
  request: Request,
  response: Response,
  page: (context: ExampleContext) => Page,
  headers?: ExamplePage['headers'],
) => void

const YEAR_MS = 365 * 86_400_000
const MODULE_PATH = /^\/(browser|t\.\w+)\.js$/

export const addExamplePages = (app: Express, routes: ExampleRoutes): void => {
  const send = createExampleSender(routes)
  const { domain } = routes.settings
  for (const { path, subdomain, anyHost, page, headers } of EXAMPLE_PAGES) {
    const onHost = anyHost ? [] : [redirectToSubdomain(subdomain, domain)]
    app.get(path, ...onHost, (request, response) => send(request, response, page, headers))
  }
  app.get('/attack/foreign', (request, response) => send(request, response, foreignPage))
  app.get('/form', (request, response) =>
    response.type('html').send(formDocument(domain, request.query.key === 'yes')),
  )
  addIndex(app, routes, send)
  addClickRedirect(app)
  addVisitorForms(app, routes)
  addExpressCheckout(app, routes, send)
  addServerOrder(app, routes)
  addCollectorFailures(app, routes)
  addSinglePageApp(app)
}

const createExampleSender =
  ({ settings, sendPage }: ExampleRoutes): SendExample =>
  (request, response, page, headers) => {
    const port = portFromHost(request.headers.host)
    sendPage(request, response, (pageContext) => {
      const context: ExampleContext = {
        ...pageContext,
        nonce: randomBytes(12).toString('hex'),
        tiktokOrigin: new URL(settings.inspectorUrl).origin,
        collectorOrigin: settings.collectorOrigin,
        portSuffix: port && `:${port}`,
        query: (name) => String(request.query[name] ?? ''),
      }
      response.set(headers?.(context) ?? {})
      return page(context)
    })
  }

const addIndex = (app: Express, { settings }: ExampleRoutes, send: SendExample): void => {
  const { domain, inspectorUrl } = settings
  app.get('/examples', redirectToSubdomain('www', domain), (request, response) =>
    send(request, response, indexPage),
  )
  /** `?q=…&q=…`, filters of the inspector -> `[true, false]`: whether an event matches each. */
  app.get('/examples/arrived', async (request, response) => {
    const filters = [request.query.q ?? []].flat().slice(0, 100).map(String)
    const hasArrived = async (filter: string): Promise<boolean> => {
      const answer = await fetch(`${inspectorUrl}/api/events?limit=1&q=${encodeURIComponent(filter)}`)
      return ((await answer.json()) as { found: number }).found > 0
    }
    response.json(await Promise.all(filters.map(hasArrived)))
  })
}

/** `GET /r?to=/path` redirects to a path of the shop and drops all other parameters, as a careless redirect does. */
const addClickRedirect = (app: Express): void => {
  app.get('/r', (request, response) =>
    response.redirect(302, localPath(request.query.to).replace(/[?#].*/, '')),
  )
}

/** A path of the shop, never an address of another host. */
const localPath = (to: unknown): string => (typeof to === 'string' && /^\/(?![/\\])/.test(to) ? to : '/')

const addVisitorForms = (app: Express, { settings: { domain } }: ExampleRoutes): void => {
  app.post('/account', (request, response) => {
    const customer = formField(request, 'customer')
    if (isCustomerNumber(customer))
      response.cookie(CUSTOMER_COOKIE, customer, { domain, sameSite: 'lax', httpOnly: true })
    else response.clearCookie(CUSTOMER_COOKIE, { domain })
    response.redirect(303, '/account')
  })
  app.post('/privacy', (request, response) => {
    if (formField(request, 'optout') === '1')
      response.cookie('tagferry_optout', '1', { domain, sameSite: 'lax', maxAge: YEAR_MS })
    else response.clearCookie('tagferry_optout', { domain })
    response.redirect(303, '/privacy')
  })
  app.post('/catalogue', (_request, response) => response.redirect(303, '/catalogue?sent=yes'))
}

const addExpressCheckout = (app: Express, { settings, orders }: ExampleRoutes, send: SendExample): void => {
  app.post('/express', (request, response) => {
    const order = orders.place({ items: oneFerry, email: formField(request, 'email'), phone: '' })
    response.redirect(303, `/express/thanks?order=${order.id}`)
  })
  app.get('/express/thanks', redirectToSubdomain('checkout', settings.domain), (request, response) => {
    const order = orders.find(String(request.query.order))
    send(request, response.status(order ? 200 : 404), (context) =>
      order ? expressThankYouPage(order, context) : notFoundPage(context),
    )
  })
}

/** `POST /server/order` sends a Purchase from the server of the shop, with the address of the visitor. */
const addServerOrder = (app: Express, { settings, orders }: ExampleRoutes): void => {
  app.post('/server/order', async (request, response) => {
    const order = orders.place({ items: oneFerry, email: 'letters@example.com', phone: '' })
    const { host, cookie, 'user-agent': user_agent } = request.headers
    const ip = visitorOf(cookie, settings.visitor)
    const visitor = { ip, ...(user_agent && { user_agent }), url: `http://${host}/server?by=button` }
    const answer = await fetch(`${settings.collectorOrigin}/v1/events`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${API_KEY}`, 'Content-Type': 'application/json' },
      body: JSON.stringify(orderBody(settings.domain, order, visitor)),
    })
    response.status(answer.status).json(await answer.json())
  })
}

/** `POST /storm` with `answer=500` or `answer=429`: the next two posts of events get this status. */
const addCollectorFailures = (app: Express, { failNext }: ExampleRoutes): void => {
  app.post('/storm', (request, response) => {
    const status = Number(formField(request, 'answer'))
    if (status === 500 || status === 429) failNext(status, status)
    response.status(204).end()
  })
}

const addSinglePageApp = (app: Express): void => {
  const modules = express.static(exampleFile('../snippet/dist'), { index: false, redirect: false })
  app.use('/modules', (request, response, next) =>
    MODULE_PATH.test(request.path) ? modules(request, response, next) : next(),
  )
  app.use('/spa', express.static(exampleFile('spa'), { redirect: false }))
  // Every path of the client-side router serves the same document.
  app.get('/spa/*path', (_request, response) => response.sendFile('index.html', { root: exampleFile('spa') }))
}
