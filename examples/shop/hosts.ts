/** Knows which page lives on which host of the shop, and how they link to each other. */
import type { RequestHandler } from 'express'

export type House = 'www' | 'shop' | 'checkout'

/** Makes an absolute address, such as `http://checkout.example.localhost:8080/checkout`. */
export type Link = (house: House, path: string) => string

export const createLink =
  (domain: string, port: string): Link =>
  (house, path) =>
    `http://${house}.${domain}${port && `:${port}`}${path}`

/** The port a browser sees, taken from the Host header; empty when it is the default. */
export const portOf = (host: string | undefined): string => /:(\d{1,5})$/.exec(host ?? '')?.[1] ?? ''

/** Sends a page view on the wrong host to the right one and keeps the query, so that a click id survives. */
export const livesOn =
  (house: House, domain: string): RequestHandler =>
  (request, response, next) => {
    const host = (request.headers.host ?? '').replace(/:\d+$/, '')
    if (host === `${house}.${domain}`) next()
    else response.redirect(302, createLink(domain, portOf(request.headers.host))(house, request.originalUrl))
  }
