/** Sends pages of the shop, each with the cart and customer of its request. */
import type { Request, Response } from 'express'
import { cookieValue, type LineItem, readCart, totalQuantity } from './cart.js'
import { signedInCustomer } from './customer.js'
import { createLink, type Link, portFromHost } from './hosts.js'
import { type Page, type PageContext, renderPage } from './pages/layout.js'
import type { ShopSettings } from './settings.js'

export type SendPage = (request: Request, response: Response, page: (context: PageContext) => Page) => void

/** A field of a posted form, trimmed; empty when absent. */
export const formField = (request: Request, name: string): string => String(request.body?.[name] ?? '').trim()

export const readCartItems = (request: Request): LineItem[] =>
  readCart(cookieValue(request.headers.cookie, 'cart'))

/** Links to all hosts of the shop, on the port of the request. */
export const linkFor = (request: Request, domain: string): Link =>
  createLink(domain, portFromHost(request.headers.host))

export const createPageSender =
  ({ domain, inspectorUrl }: ShopSettings): SendPage =>
  (request, response, page) => {
    const context = {
      link: linkFor(request, domain),
      domain,
      inspectorUrl,
      cartQuantity: totalQuantity(readCartItems(request)),
      customer: signedInCustomer(request.headers.cookie),
    }
    response
      .set('Cache-Control', 'no-store')
      .type('html')
      .send(renderPage(page(context), context))
  }
