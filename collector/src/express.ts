/** Keeps the click id in a cookie when the shop's own Express server serves the landing page, before any script. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { validClickId } from './intake/click-id.js'
import { clickIdCookie, readCookies } from './intake/cookies.js'
import { hostOf } from './sites/hosts.js'

export interface CaptureOptions<Request extends IncomingMessage = IncomingMessage> {
  /** Lifetime of a click id in days, the same as the script's `data-click-days`. Default 30. */
  days?: number
  /** Whether this visitor's click id may be stored. Return false where consent is required and not given. */
  allowed?: (request: Request) => boolean
}

/**
 * Creates Express (or Connect) middleware. It answers a page requested with `?ttclid=…` with the cookie
 * `tagferry_ttclid` on the registrable domain. Behind a proxy, set Express's `trust proxy`: the host comes from there.
 */
export function captureClickId<Request extends IncomingMessage = IncomingMessage>(
  options: CaptureOptions<Request> = {},
): (request: Request, response: ServerResponse, next: () => void) => void {
  const { days = 30, allowed = () => true } = options
  return (request, response, next) => {
    const clickId = landingClickId(request)
    if (clickId !== undefined && allowed(request)) {
      const cookie = cookieFor(clickId, request, days)
      if (cookie !== undefined) response.appendHeader('Set-Cookie', cookie)
    }
    next()
  }
}

/** The click id of a request for a page. Requests for images and calls of scripts have none. */
function landingClickId({ method, url = '', headers }: IncomingMessage): string | undefined {
  const destination = headers['sec-fetch-dest'] ?? 'document'
  if (method !== 'GET' || destination !== 'document' || !url.includes('ttclid=')) return undefined
  const query = new URLSearchParams(url.slice(url.indexOf('?') + 1))
  return query.getAll('ttclid').find((value) => validClickId(value))
}

function cookieFor(clickId: string, request: IncomingMessage, days: number): string | undefined {
  const cookies = readCookies(request.headers.cookie)
  if (cookies.optOut) return undefined
  // Express takes the host from a trusted proxy. Plain Node has only the header.
  const { host = request.headers.host } = request as { host?: string }
  const originHost = host === undefined ? undefined : hostOf(`http://${host}`)
  return clickIdCookie({ clickId, inUrl: true }, { originHost, receivedAt: Date.now(), cookies }, host, days)
}
