/** Puts the example shop together: pages on three hosts, the cart, orders, and the proxy to the collector. */
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import express, { type Express } from 'express'
import { addExamplePages } from './example-pages/routes.js'
import { exampleFile } from './files.js'
import { createOrders } from './orders.js'
import { createPageSender } from './page-sender.js'
import { notFoundPage } from './pages/not-found.js'
import { createProxy } from './proxy.js'
import { addShopRoutes } from './routes.js'
import type { ShopSettings } from './settings.js'
import { chooseVisitor, DEFAULT_VISITOR, visitorHeaders } from './visitor.js'

export type ShopOptions = Pick<ShopSettings, 'collectorOrigin' | 'inspectorUrl'> &
  Partial<Pick<ShopSettings, 'domain' | 'visitor'>>

export interface Shop {
  app: Express
  /** Listens on a port of 127.0.0.1 (0: any free one) and resolves with the port. */
  listen(port?: number): Promise<number>
  close(): Promise<void>
}

export const createShop = (options: ShopOptions): Shop => {
  const settings = { domain: 'example.localhost', visitor: DEFAULT_VISITOR, ...options }
  const { collectorOrigin, domain, visitor } = settings
  const proxy = createProxy(collectorOrigin, (cookies) => visitorHeaders(cookies, visitor))
  const orders = createOrders()
  const sendPage = createPageSender(settings)

  const app = express()
  app.disable('x-powered-by')
  app.use('/t', proxy.handler)
  app.use('/static', express.static(exampleFile('shop/static'), { index: false, redirect: false }))
  app.use(chooseVisitor(domain), express.urlencoded({ extended: false, limit: '16kb' }))
  addShopRoutes(app, { domain, orders, sendPage })
  addExamplePages(app, { settings, orders, failNext: proxy.failNext, sendPage })
  app.use((request, response) => sendPage(request, response.status(404), notFoundPage))

  const server = createServer(app)
  return {
    app,
    listen: (port = 0) => listenOn(server, port),
    close: () => {
      proxy.close()
      return closeServer(server)
    },
  }
}

const listenOn = (server: Server, port: number): Promise<number> =>
  new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject)
      resolve((server.address() as AddressInfo).port)
    })
  })

const closeServer = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })
