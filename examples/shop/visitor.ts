/** Simulates the visitor's address and place, because every visitor of the example shop comes from loopback. */
import { isIP } from 'node:net'
import type { RequestHandler } from 'express'
import { cookieValue } from './cart.js'

/** From an RFC 5737 documentation range: public in form, assigned to nobody. */
export const DEFAULT_VISITOR = '203.0.113.7'

/** Addresses by place. They belong to universities, so the place does not change. */
export const VISITORS: Readonly<Record<string, string>> = {
  'US-CA': '128.32.1.1',
  'US-TX': '128.83.1.1',
  DE: '141.20.1.1',
}

const COOKIE = 'visitor'
const GPC_COOKIE = 'visitor_gpc'

const resolveAddress = (choice: string): string | undefined =>
  VISITORS[choice] ?? (isIP(choice) ? choice : undefined)

/** The address that the cookie `visitor` names, as a place or as an address; else the fallback. */
export const visitorOf = (cookies: string | undefined, fallback: string): string => {
  // Express writes the colons of IPv6 as %3A.
  const choice = cookieValue(cookies, COOKIE)?.replaceAll(/%3A/gi, ':') ?? ''
  return resolveAddress(choice) ?? resolveAddress(fallback) ?? DEFAULT_VISITOR
}

/** Region headers of Cloudflare. The collector reads them only with `TAGFERRY_GEO_HEADERS=cloudflare`. */
const placeHeaders = (place: string | undefined): Record<string, string> => {
  if (!place || !VISITORS[place]) return {}
  const [country = '', region] = place.split('-')
  return { 'cf-ipcountry': country, ...(region && { 'cf-region-code': region }) }
}

/** Headers that the visitor's browser and a proxy in front of the collector would set. */
export const visitorHeaders = (cookies: string | undefined, fallback: string): Record<string, string> => ({
  'x-forwarded-for': visitorOf(cookies, fallback),
  ...placeHeaders(cookieValue(cookies, COOKIE)),
  ...(cookieValue(cookies, GPC_COOKIE) === '1' && { 'sec-gpc': '1' }),
})

/**
 * Sets the simulated visitor by cookies: `?visitor=US-CA` (or an address) on any page sets the place, `?gpc=1` turns
 * on Global Privacy Control. An empty value removes the cookie.
 */
export const chooseVisitor =
  (domain: string): RequestHandler =>
  (request, response, next) => {
    const options = { domain, sameSite: 'lax' } as const
    const { visitor, gpc } = request.query
    if (typeof visitor === 'string' && resolveAddress(visitor)) response.cookie(COOKIE, visitor, options)
    else if (visitor === '') response.clearCookie(COOKIE, { domain })
    if (gpc === '1') response.cookie(GPC_COOKIE, '1', options)
    else if (gpc === '') response.clearCookie(GPC_COOKIE, { domain })
    next()
  }
