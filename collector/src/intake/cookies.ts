/** Reads the visitor's cookies and writes the click-id cookie. `Set-Cookie` outlives cookies that scripts write. */
import { LRUCache } from 'lru-cache'
import { getDomain } from 'tldts'
import { type ClickIdKey, type ClickIdTable, clickIds } from '../click-ids.js'
import type { RequestContext, VisitorCookies } from '../event.js'
import { hostOf } from '../sites/hosts.js'
import { dayMs } from '../time.js'
import { validId } from './click-id.js'

const cookieName = (key: ClickIdKey) => `tagferry_${key}`

/** Reads the few cookies that matter; the header may be long on the shop's own host. */
export function readCookies(header: string | undefined, table: ClickIdTable = clickIds): VisitorCookies {
  const cookies: VisitorCookies = { clickIds: {}, captured: {}, optOut: false }
  if (header === undefined) return cookies
  for (const row of table) {
    const { key, parameter, cookie } = row
    const [id, capturedAt] = (parameter && readCookie(header, cookieName(key))?.split('~')) || []
    const clickId = validId(row, id)
    const found = clickId ?? validId(row, cookie && readCookie(header, cookie))
    if (found) cookies.clickIds[key] = found
    if (clickId) cookies.captured[key] = { clickId, capturedAt: Number(capturedAt) || 0 }
  }
  cookies.optOut = readCookie(header, 'tagferry_optout') === '1'
  return cookies
}

function readCookie(header: string, name: string): string | undefined {
  const start = `${name}=`
  for (let at = header.indexOf(start); at !== -1; at = header.indexOf(start, at + 1)) {
    const before = at === 0 ? ';' : header[at - 1]
    if (before !== ';' && before !== ' ') continue
    const end = header.indexOf(';', at)
    return decoded(header.slice(at + start.length, end === -1 ? undefined : end).trim())
  }
  return undefined
}

/** Some programs write cookies percent-encoded: `~` as `%7E`. */
function decoded(value: string): string {
  if (!value.includes('%')) return value
  try {
    return decodeURIComponent(value)
  } catch {
    return value
  }
}

/** A click id that was found in a request. */
export interface FoundClickId {
  key: ClickIdKey
  clickId: string
  /** Whether the address of the page carries it. */
  inUrl: boolean
}

/**
 * The `Set-Cookie` that keeps a click id on the registrable domain until it expires. `undefined` where page and
 * collector belong to different sites: the browser would treat it as a third-party cookie.
 * @param host the request's Host header
 * @param days lifetime of a click id
 */
export function clickIdCookie(
  { key, clickId, inUrl }: FoundClickId,
  context: Pick<RequestContext, 'originHost' | 'receivedAt' | 'cookies'>,
  host: string | undefined,
  days: number,
): string | undefined {
  const { receivedAt, originHost: pageHost } = context
  const clickCookie = context.cookies.captured[key]
  // The cookie holds the id of a later click: this event waited, and does not replace it.
  if (clickCookie && clickCookie.clickId !== clickId && !inUrl) return undefined
  const collectorHost = host === undefined ? undefined : hostOf(`http://${host}`)
  if (!collectorHost || !pageHost) return undefined
  const isSameClick =
    clickCookie?.clickId === clickId && clickCookie.capturedAt > 0 && clickCookie.capturedAt <= receivedAt
  const capturedAt = isSameClick ? clickCookie.capturedAt : receivedAt
  const maxAge = Math.floor((capturedAt - receivedAt + days * dayMs) / 1_000)
  if (maxAge <= 0) return undefined
  const domain = registrableDomain(collectorHost)
  if (domain === null || domain !== registrableDomain(pageHost)) return undefined
  return `${cookieName(key)}=${clickId}~${capturedAt}; Max-Age=${maxAge}; Domain=${domain}; Path=/; Secure; SameSite=Lax`
}

const registrableDomains = new LRUCache<string, { domain: string | null }>({
  max: 1_000,
  memoMethod: (host) => ({ domain: getDomain(host, { allowPrivateDomains: true }) }),
})

const registrableDomain = (host: string) => registrableDomains.memo(host).domain
