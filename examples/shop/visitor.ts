/** Knows which address the visitor pretends to have: everybody at this shop really sits on loopback. */
import { isIP } from 'node:net'
import type { RequestHandler } from 'express'
import { cookieOf } from './cart.js'

/** RFC 5737 documentation range: public in form, nobody's in fact. */
export const DEFAULT_VISITOR = '203.0.113.7'

const COOKIE = 'visitor'

/** The address of the cookie `visitor`, when it is one. */
export const visitorOf = (cookies: string | undefined, fallback: string): string => {
  // Express writes the colons of IPv6 as %3A.
  const chosen = cookieOf(cookies, COOKIE)?.replaceAll(/%3A/gi, ':') ?? ''
  return isIP(chosen) ? chosen : fallback
}

/** `?visitor=198.51.100.9` on any page chooses the address from now on; `?visitor=` forgets it. */
export const chooseVisitor =
  (domain: string): RequestHandler =>
  (request, response, next) => {
    const chosen = request.query.visitor
    if (typeof chosen === 'string' && isIP(chosen))
      response.cookie(COOKIE, chosen, { domain, sameSite: 'lax' })
    else if (chosen === '') response.clearCookie(COOKIE, { domain })
    next()
  }
