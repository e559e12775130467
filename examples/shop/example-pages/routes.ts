/** Knows the routes of the further example pages, and what their forms do. */
import { randomBytes } from 'node:crypto'
import express, { type Express, type Request, type Response } from 'express'
import { exampleFile } from '../../folder.js'
import { cookieOf } from '../cart.js'
import { livesOn, portOf } from '../hosts.js'
import { API_KEY } from '../keys.js'
import type { Orders } from '../orders.js'
import type { Around, Page } from '../pages/frame.js'
import { lost } from '../pages/thanks.js'
import { visitorOf } from '../visitor.js'
import { foreign } from './attack.js'
import { formDocument } from './embed.js'
import type { Visit } from './example-page.js'
import { CASES, index } from './index.js'
import { expressThanks, parcel } from './orders.js'
import { orderBody } from './server.js'

export interface CaseRoutes {
  options: { collectorOrigin: string; inspectorUrl: string; domain: string; visitor: string }
  orders: Orders
  /** The collector's next answers, as `Proxy.refuse` takes them. */
  refuse(...statuses: number[]): void
  show(request: Request, response: Response, page: (around: Around) => Page): void
}

const CUSTOMER = /^[A-Z0-9-]{1,20}$/
const YEAR_MS = 365 * 86_400_000
const MODULES = /^\/(browser|t\.\w+)\.js$/

/** The customer who is signed in, by the cookie of the account page. */
export const customerOf = (cookies: string | undefined): string | undefined => {
  const customer = cookieOf(cookies, 'customer')
  return customer && CUSTOMER.test(customer) ? customer : undefined
}

/** A path of this shop, never another host's address. */
const ownPath = (to: unknown): string => (typeof to === 'string' && /^\/(?![/\\])/.test(to) ? to : '/')

export const addCases = (app: Express, { options, orders, refuse, show }: CaseRoutes): void => {
  const { domain, inspectorUrl, collectorOrigin } = options
  const view = (
    request: Request,
    response: Response,
    page: (visit: Visit) => Page,
    headers?: (visit: Visit) => Record<string, string>,
  ) => {
    const nonce = randomBytes(12).toString('hex')
    const port = portOf(request.headers.host)
    show(request, response, (around) => {
      const visit: Visit = {
        ...around,
        nonce,
        tiktok: new URL(inspectorUrl).origin,
        collector: collectorOrigin,
        port: port && `:${port}`,
        asked: (name) => String(request.query[name] ?? ''),
      }
      response.set(headers?.(visit) ?? {})
      return page(visit)
    })
  }
  const typed = (request: Request, name: string) => String(request.body?.[name] ?? '').trim()

  for (const { path, house, anyHost, page, headers } of CASES) {
    const onHost = anyHost ? [] : [livesOn(house, domain)]
    app.get(path, ...onHost, (request, response) => view(request, response, page, headers))
  }
  app.get('/examples', livesOn('www', domain), (request, response) => view(request, response, index))
  /** `?q=…&q=…`, as the inspector's search takes them -> `[true, false]`: which have arrived. */
  app.get('/examples/arrived', async (request, response) => {
    const queries = [request.query.q ?? []].flat().slice(0, 100).map(String)
    const found = async (q: string): Promise<boolean> => {
      const answer = await fetch(`${inspectorUrl}/api/events?limit=1&q=${encodeURIComponent(q)}`)
      return ((await answer.json()) as { found: number }).found > 0
    }
    response.json(await Promise.all(queries.map(found)))
  })

  // As a badly set up redirect does: only the path survives.
  app.get('/r', (request, response) =>
    response.redirect(302, ownPath(request.query.to).replace(/[?#].*/, '')),
  )
  app.post('/account', (request, response) => {
    const customer = typed(request, 'customer')
    if (CUSTOMER.test(customer))
      response.cookie('customer', customer, { domain, sameSite: 'lax', httpOnly: true })
    else response.clearCookie('customer', { domain })
    response.redirect(303, '/account')
  })
  app.post('/privacy', (request, response) => {
    if (typed(request, 'optout') === '1')
      response.cookie('tagferry_optout', '1', { domain, sameSite: 'lax', maxAge: YEAR_MS })
    else response.clearCookie('tagferry_optout', { domain })
    response.redirect(303, '/privacy')
  })
  app.post('/catalogue', (_request, response) => response.redirect(303, '/catalogue?sent=yes'))
  app.get('/form', (request, response) =>
    response.type('html').send(formDocument(domain, request.query.key === 'yes')),
  )

  app.post('/express', (request, response) => {
    const order = orders.place({ lines: parcel, email: typed(request, 'email'), phone: '' })
    response.redirect(303, `/express/thanks?order=${order.id}`)
  })
  app.get('/express/thanks', livesOn('checkout', domain), (request, response) => {
    const order = orders.find(String(request.query.order))
    view(request, response.status(order ? 200 : 404), (visit) =>
      order ? expressThanks(order, visit) : lost(visit),
    )
  })
  app.post('/server/order', async (request, response) => {
    const order = orders.place({ lines: parcel, email: 'letters@example.com', phone: '' })
    const { host, cookie, 'user-agent': user_agent } = request.headers
    const ip = visitorOf(cookie, options.visitor)
    const visitor = { ip, ...(user_agent && { user_agent }), url: `http://${host}/server?by=button` }
    const answer = await fetch(`${collectorOrigin}/v1/events`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${API_KEY}`, 'Content-Type': 'application/json' },
      body: JSON.stringify(orderBody(domain, order, visitor)),
    })
    response.status(answer.status).json(await answer.json())
  })
  app.post('/storm', (request, response) => {
    const status = Number(typed(request, 'answer'))
    if (status === 500 || status === 429) refuse(status, status)
    response.status(204).end()
  })
  app.get('/attack/foreign', (request, response) => view(request, response, foreign))

  const modules = express.static(exampleFile('..', 'snippet', 'dist'), { index: false, redirect: false })
  app.use('/modules', (request, response, next) =>
    MODULES.test(request.path) ? modules(request, response, next) : next(),
  )
  const yard = exampleFile('spa')
  app.use('/spa', express.static(yard, { redirect: false }))
  // Whatever the router makes of the address, the page behind it is the same one.
  app.get('/spa/*path', (_request, response) => response.sendFile('index.html', { root: yard }))
}
