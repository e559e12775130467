/** The cookies a visitor brings, and the one the collector sets: a `Set-Cookie` outlives what scripts may write. */
import { LRUCache } from 'lru-cache'
import { getDomain } from 'tldts'
import type { RequestContext } from '../event.js'
import { hostOf } from '../sites/hosts.js'
import { validClickId } from './click-id.js'

const clickCookie = 'tagferry_ttclid'

/** Reads only the few cookies that matter; the header may be long on the shop's own host. */
export function readCookies(header: string | undefined): RequestContext['cookies'] {
  if (header === undefined) return { optOut: false }
  const [keptId, capturedAt] = cookie(header, clickCookie)?.split('~') ?? []
  const clickId = validClickId(keptId)
  return {
    clickId: clickId ?? validClickId(cookie(header, 'ttclid')),
    ...(clickId && { kept: { clickId, capturedAt: Number(capturedAt) || 0 } }),
    ttp: cookie(header, '_ttp'),
    optOut: cookie(header, 'tagferry_optout') === '1',
  }
}

function cookie(header: string, name: string): string | undefined {
  const mark = `${name}=`
  for (let at = header.indexOf(mark); at !== -1; at = header.indexOf(mark, at + 1)) {
    const before = at === 0 ? ';' : header[at - 1]
    if (before !== ';' && before !== ' ') continue
    const end = header.indexOf(';', at)
    return header.slice(at + mark.length, end === -1 ? undefined : end).trim()
  }
  return undefined
}

const registrable = new LRUCache<string, { domain: string | null }>({ max: 1_000 })

function registrableDomain(host: string): string | null {
  const known = registrable.get(host)
  if (known) return known.domain
  const domain = getDomain(host, { allowPrivateDomains: true })
  registrable.set(host, { domain })
  return domain
}

/**
 * The `Set-Cookie` that keeps a click id on the registrable domain for the rest of its days, or `undefined` where
 * page and collector are not of one site (the browser would treat it as a third party's).
 * @param found click id of the event, and whether the page's own address carries it
 * @param host the request's Host header
 * @param days how long a click id counts
 */
export function clickIdCookie(
  found: { clickId: string; inUrl: boolean },
  context: Pick<RequestContext, 'originHost' | 'receivedAt' | 'cookies'>,
  host: string | undefined,
  days: number,
): string | undefined {
  const { kept } = context.cookies
  // Another id in the cookie is newer than a late event's: the snippet has put it there.
  if (kept && kept.clickId !== found.clickId && !found.inUrl) return undefined
  const own = host === undefined ? undefined : hostOf(`http://${host}`)
  const pageHost = context.originHost
  if (!own || !pageHost) return undefined
  const sameClick =
    kept?.clickId === found.clickId && kept.capturedAt > 0 && kept.capturedAt <= context.receivedAt
  const capturedAt = sameClick ? kept.capturedAt : context.receivedAt
  const maxAge = Math.floor((capturedAt - context.receivedAt) / 1_000) + days * 86_400
  if (maxAge <= 0) return undefined
  const domain = registrableDomain(own)
  if (domain === null || domain !== registrableDomain(pageHost)) return undefined
  return `${clickCookie}=${found.clickId}~${capturedAt}; Max-Age=${maxAge}; Domain=${domain}; Path=/; Secure; SameSite=Lax`
}
