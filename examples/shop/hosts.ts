/** Links the three hosts of the shop, and redirects page views to the right one. */
import type { RequestHandler } from 'express'

export type Subdomain = 'www' | 'shop' | 'checkout'

/** Makes an absolute address, such as `http://checkout.example.localhost:8080/checkout`. */
export type Link = (subdomain: Subdomain, path: string) => string

export const createLink =
  (domain: string, port: string): Link =>
  (subdomain, path) =>
    `http://${subdomain}.${domain}${port && `:${port}`}${path}`

/** The port a browser sees, taken from the Host header; empty when it is the default. */
export const portFromHost = (host: string | undefined): string => /:(\d{1,5})$/.exec(host ?? '')?.[1] ?? ''

/** Redirects a page view on another host to the right one, with its query, so that the click id is kept. */
export const redirectToSubdomain =
  (subdomain: Subdomain, domain: string): RequestHandler =>
  (request, response, next) => {
    const host = (request.headers.host ?? '').replace(/:\d+$/, '')
    const link = createLink(domain, portFromHost(request.headers.host))
    if (host === `${subdomain}.${domain}`) next()
    else response.redirect(302, link(subdomain, request.originalUrl))
  }
