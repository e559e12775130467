/** Knows how the example shop is put together: pages on three hosts, the cart, orders, and the proxy to the collector. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import express, { type Express, type Request, type Response } from 'express'
import { exampleFile } from '../folder.js'
import { addLine, cookieOf, countOf, type Line, readCart, setLine, writeCart } from './cart.js'
import { addCases, customerOf } from './example-pages/routes.js'
import { createLink, livesOn, portOf } from './hosts.js'
import { createOrders } from './orders.js'
import { cart } from './pages/cart.js'
import { checkout } from './pages/checkout.js'
import { type Around, frame, type Page } from './pages/frame.js'
import { landing } from './pages/landing.js'
import { product } from './pages/product.js'
import { lost, thanks } from './pages/thanks.js'
import { goodById, goodBySlug } from './products.js'
import { createProxy } from './proxy.js'
import { chooseVisitor, DEFAULT_VISITOR, visitorHeaders } from './visitor.js'

export interface ShopOptions {
  /** Where `/t/…` is passed on to, such as `http://127.0.0.1:8787`. */
  collectorOrigin: string
  /** Linked from every page. */
  inspectorUrl: string
  /** The site; pages live on `www.`, `shop.` and `checkout.` below it. */
  domain?: string
  /** Where visitors pretend to be, as an address or a place such as US-CA. */
  visitor?: string
}

export interface Shop {
  app: Express
  /** Starts on a port (0: a free one) of 127.0.0.1; gives the port. */
  listen(port?: number): Promise<number>
  close(): Promise<void>
}

const typed = (request: Request, name: string): string => String(request.body?.[name] ?? '').trim()

const quantityOf = (request: Request): number => {
  const quantity = Number(typed(request, 'quantity'))
  return Number.isInteger(quantity) && quantity >= 0 ? quantity : 1
}

export const createShop = (options: ShopOptions): Shop => {
  const { collectorOrigin, inspectorUrl, domain = 'example.localhost', visitor = DEFAULT_VISITOR } = options
  const proxy = createProxy(collectorOrigin, (cookies) => visitorHeaders(cookies, visitor))
  const orders = createOrders()
  const app = express()
  app.disable('x-powered-by')

  const linesOf = (request: Request): Line[] => readCart(cookieOf(request.headers.cookie, 'cart'))
  const linkOf = (request: Request) => createLink(domain, portOf(request.headers.host))
  const keep = (response: Response, lines: readonly Line[]) =>
    response.cookie('cart', writeCart(lines), { domain, sameSite: 'lax', httpOnly: true })
  const show = (request: Request, response: Response, page: (around: Around) => Page, pieces?: number) => {
    const around = {
      link: linkOf(request),
      domain,
      inspectorUrl,
      pieces: pieces ?? countOf(linesOf(request)),
      customer: customerOf(request.headers.cookie),
    }
    response
      .set('Cache-Control', 'no-store')
      .type('html')
      .send(frame(page(around), around))
  }

  app.use('/t', proxy.handler)
  app.use('/static', express.static(exampleFile('shop', 'static'), { index: false, redirect: false }))
  app.use(chooseVisitor(domain), express.urlencoded({ extended: false, limit: '16kb' }))

  app.get('/', livesOn('www', domain), (request, response) => show(request, response, landing))
  app.get('/products/:slug', livesOn('www', domain), (request, response) => {
    const good = goodBySlug(String(request.params.slug))
    show(request, response.status(good ? 200 : 404), (around) =>
      good ? product(good, around) : lost(around),
    )
  })

  app.get('/cart', livesOn('shop', domain), (request, response) =>
    show(request, response, (around) => cart(linesOf(request), around)),
  )
  app.post(['/cart/add', '/cart/change'], (request, response) => {
    const good = goodById(typed(request, 'id'))
    const change = request.path === '/cart/add' ? addLine : setLine
    if (good) keep(response, change(linesOf(request), good, quantityOf(request)))
    response.redirect(303, linkOf(request)('shop', '/cart'))
  })

  app.get('/checkout', livesOn('checkout', domain), (request, response) => {
    const lines = linesOf(request)
    if (lines.length === 0) response.redirect(303, linkOf(request)('shop', '/cart'))
    else show(request, response, (around) => checkout(lines, around))
  })
  app.post('/checkout', (request, response) => {
    const lines = linesOf(request)
    if (lines.length === 0) return response.redirect(303, linkOf(request)('shop', '/cart'))
    const order = orders.place({ lines, email: typed(request, 'email'), phone: typed(request, 'phone') })
    keep(response, [])
    response.redirect(303, linkOf(request)('checkout', `/thanks?order=${order.id}`))
  })
  app.get('/thanks', livesOn('checkout', domain), (request, response) => {
    const order = orders.find(String(request.query.order))
    show(request, response.status(order ? 200 : 404), (around) =>
      order ? thanks(order, around) : lost(around),
    )
  })
  addCases(app, { options: { ...options, domain, visitor }, orders, refuse: proxy.refuse, show })
  app.use((request, response) => show(request, response.status(404), lost))

  const server = createServer(app)
  return {
    app,
    listen: (port = 0) =>
      new Promise((resolve, reject) => {
        server.once('error', reject)
        server.listen(port, '127.0.0.1', () => {
          server.off('error', reject)
          resolve((server.address() as AddressInfo).port)
        })
      }),
    close: () => {
      proxy.close()
      return new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      })
    },
  }
}
