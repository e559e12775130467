/** Knows who the visitor pretends to be: everybody at this shop really sits on loopback. */
import { isIP } from 'node:net'
import type { RequestHandler } from 'express'
import { cookieOf } from './cart.js'

/** RFC 5737 documentation range: public in form, nobody's in fact. */
export const DEFAULT_VISITOR = '203.0.113.7'

/** Places by name: addresses of universities, which stay where they are. */
export const VISITORS: Readonly<Record<string, string>> = {
  'US-CA': '128.32.1.1',
  'US-TX': '128.83.1.1',
  DE: '141.20.1.1',
}

const COOKIE = 'visitor'
const GPC_COOKIE = 'visitor_gpc'

const addressOf = (chosen: string): string | undefined =>
  VISITORS[chosen] ?? (isIP(chosen) ? chosen : undefined)

/** The address that the cookie `visitor` names, by place or as it is. */
export const visitorOf = (cookies: string | undefined, fallback: string): string => {
  // Express writes the colons of IPv6 as %3A.
  const chosen = cookieOf(cookies, COOKIE)?.replaceAll(/%3A/gi, ':') ?? ''
  return addressOf(chosen) ?? addressOf(fallback) ?? DEFAULT_VISITOR
}

/** As Cloudflare tells it; a collector reads that with `TAGFERRY_GEO_HEADERS=cloudflare` alone. */
const placeHeaders = (place: string | undefined): Record<string, string> => {
  if (!place || !VISITORS[place]) return {}
  const [country = '', region] = place.split('-')
  return { 'cf-ipcountry': country, ...(region && { 'cf-region-code': region }) }
}

/** What the visitor's browser and the proxy in front of it would tell the collector. */
export const visitorHeaders = (cookies: string | undefined, fallback: string): Record<string, string> => ({
  'x-forwarded-for': visitorOf(cookies, fallback),
  ...placeHeaders(cookieOf(cookies, COOKIE)),
  ...(cookieOf(cookies, GPC_COOKIE) === '1' && { 'sec-gpc': '1' }),
})

/**
 * `?visitor=US-CA` (or an address) on any page chooses the place from now on, `?gpc=1` turns Global Privacy
 * Control on; with nothing behind the `=` they are forgotten.
 */
export const chooseVisitor =
  (domain: string): RequestHandler =>
  (request, response, next) => {
    const options = { domain, sameSite: 'lax' } as const
    const { visitor, gpc } = request.query
    if (typeof visitor === 'string' && addressOf(visitor)) response.cookie(COOKIE, visitor, options)
    else if (visitor === '') response.clearCookie(COOKIE, { domain })
    if (gpc === '1') response.cookie(GPC_COOKIE, '1', options)
    else if (gpc === '') response.clearCookie(GPC_COOKIE, { domain })
    next()
  }
