/** Keeps the click id in a cookie when the shop's own Express server serves the landing page, before any script. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { clickIds } from './click-ids.js'
import { clickIdIn } from './intake/click-id.js'
import { clickIdCookie, type FoundClickId, readCookies } from './intake/cookies.js'
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
    const found = landingClickIds(request)
    if (found.length > 0 && allowed(request)) {
      for (const cookie of cookiesFor(found, request, days)) response.appendHeader('Set-Cookie', cookie)
    }
    next()
  }
}

/** The click ids of a request for a page. Requests for images and calls of scripts have none. */
function landingClickIds({ method, url = '', headers }: IncomingMessage): FoundClickId[] {
  const destination = headers['sec-fetch-dest'] ?? 'document'
  if (method !== 'GET' || destination !== 'document') return []
  return clickIds.flatMap((row) => {
    const clickId = clickIdIn(row, url)
    return clickId === undefined ? [] : [{ key: row.key, clickId, inUrl: true }]
  })
}

function cookiesFor(found: readonly FoundClickId[], request: IncomingMessage, days: number): string[] {
  const cookies = readCookies(request.headers.cookie)
  if (cookies.optOut) return []
  // Express takes the host from a trusted proxy. Plain Node has only the header.
  const { host = request.headers.host } = request as { host?: string }
  const originHost = host === undefined ? undefined : hostOf(`http://${host}`)
  const context = { originHost, receivedAt: Date.now(), cookies }
  return found.flatMap((clickId) => clickIdCookie(clickId, context, host, days) ?? [])
}
