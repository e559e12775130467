/** For the shop's own Express server: keeps the click id when the landing page itself is served, before any script. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { validClickId } from './intake/click-id.js'
import { clickIdCookie, readCookies } from './intake/cookies.js'
import { hostOf } from './sites/hosts.js'

export interface CaptureOptions<Request extends IncomingMessage = IncomingMessage> {
  /** How long a click id counts; keep it the same as the script's `data-click-days`. Default 30. */
  days?: number
  /** Whether this visitor's click id may be stored now; say no where consent is required and not given. */
  allowed?: (request: Request) => boolean
}

/**
 * Express (or Connect) middleware: a page requested with `?ttclid=…` is answered with the cookie `tagferry_ttclid`
 * on the registrable domain. Behind a proxy set Express's `trust proxy`, so that it knows the host.
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

/** Of a page that is opened, not of a picture or a call with a page's address. */
function landingClickId({ method, url = '', headers }: IncomingMessage): string | undefined {
  const wanted = headers['sec-fetch-dest'] ?? 'document'
  if (method !== 'GET' || wanted !== 'document' || !url.includes('ttclid=')) return undefined
  const query = new URLSearchParams(url.slice(url.indexOf('?') + 1))
  return query.getAll('ttclid').find((value) => validClickId(value))
}

function cookieFor(clickId: string, request: IncomingMessage, days: number): string | undefined {
  const cookies = readCookies(request.headers.cookie)
  if (cookies.optOut) return undefined
  // Express knows the host from a proxy that it trusts; plain Node has the header alone.
  const { host = request.headers.host } = request as { host?: string }
  const originHost = host === undefined ? undefined : hostOf(`http://${host}`)
  return clickIdCookie({ clickId, inUrl: true }, { originHost, receivedAt: Date.now(), cookies }, host, days)
}
