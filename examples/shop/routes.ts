/** Adds the routes of the shop itself: landing page, products, cart, checkout and thank-you page. */
import type { Express, Request, Response } from 'express'
import { addToCart, type LineItem, setQuantity, writeCart } from './cart.js'
import { redirectToSubdomain } from './hosts.js'
import type { Orders } from './orders.js'
import { formField, linkFor, readCartItems, type SendPage } from './page-sender.js'
import { cartPage } from './pages/cart.js'
import { checkoutPage } from './pages/checkout.js'
import { landingPage } from './pages/landing.js'
import { notFoundPage } from './pages/not-found.js'
import { productPage } from './pages/product.js'
import { thankYouPage } from './pages/thank-you.js'
import { productById, productBySlug } from './products.js'

export interface ShopRoutes {
  domain: string
  orders: Orders
  sendPage: SendPage
}

const quantityOf = (request: Request): number => {
  const quantity = Number(formField(request, 'quantity'))
  return Number.isInteger(quantity) && quantity >= 0 ? quantity : 1
}

const setCartCookie = (response: Response, items: readonly LineItem[], domain: string) =>
  response.cookie('cart', writeCart(items), { domain, sameSite: 'lax', httpOnly: true })

export const addShopRoutes = (app: Express, routes: ShopRoutes): void => {
  addProductRoutes(app, routes)
  addCartRoutes(app, routes)
  addCheckoutRoutes(app, routes)
}

const addProductRoutes = (app: Express, { domain, sendPage }: ShopRoutes): void => {
  app.get('/', redirectToSubdomain('www', domain), (request, response) =>
    sendPage(request, response, landingPage),
  )
  app.get('/products/:slug', redirectToSubdomain('www', domain), (request, response) => {
    const product = productBySlug(String(request.params.slug))
    sendPage(request, response.status(product ? 200 : 404), (context) =>
      product ? productPage(product, context) : notFoundPage(context),
    )
  })
}

const addCartRoutes = (app: Express, { domain, sendPage }: ShopRoutes): void => {
  app.get('/cart', redirectToSubdomain('shop', domain), (request, response) =>
    sendPage(request, response, (context) => cartPage(readCartItems(request), context)),
  )
  app.post(['/cart/add', '/cart/change'], (request, response) => {
    const product = productById(formField(request, 'id'))
    const change = request.path === '/cart/add' ? addToCart : setQuantity
    if (product) setCartCookie(response, change(readCartItems(request), product, quantityOf(request)), domain)
    response.redirect(303, linkFor(request, domain)('shop', '/cart'))
  })
}

const addCheckoutRoutes = (app: Express, { domain, orders, sendPage }: ShopRoutes): void => {
  app.get('/checkout', redirectToSubdomain('checkout', domain), (request, response) => {
    const items = readCartItems(request)
    if (items.length === 0) response.redirect(303, linkFor(request, domain)('shop', '/cart'))
    else sendPage(request, response, (context) => checkoutPage(items, context))
  })
  app.post('/checkout', (request, response) => {
    const items = readCartItems(request)
    const link = linkFor(request, domain)
    if (items.length === 0) return response.redirect(303, link('shop', '/cart'))
    const order = orders.place({
      items,
      email: formField(request, 'email'),
      phone: formField(request, 'phone'),
    })
    setCartCookie(response, [], domain)
    response.redirect(303, link('checkout', `/thanks?order=${order.id}`))
  })
  app.get('/thanks', redirectToSubdomain('checkout', domain), (request, response) => {
    const order = orders.find(String(request.query.order))
    sendPage(request, response.status(order ? 200 : 404), (context) =>
      order ? thankYouPage(order, context) : notFoundPage(context),
    )
  })
}
