/** Matches host names with sites: by domain, alias and sub-domain, in any case, with or without a trailing dot. */
import { LRUCache } from 'lru-cache'
import type { Site } from '../event.js'

/** The names of a site. */
export interface NamedSite {
  domain: string
  aliases: readonly string[]
}

/** A host name in lower case without a trailing dot. */
export function canonicalHost(host: string): string {
  return host.toLowerCase().replace(/\.$/, '')
}

/** The domain and the aliases of a site. */
export function namesOf({ domain, aliases }: NamedSite): string[] {
  return [domain, ...aliases]
}

/** Whether a name is the domain or an alias of the site. */
export function hasName(site: NamedSite, name: string): boolean {
  const canonical = canonicalHost(name)
  return namesOf(site).some((siteName) => canonicalHost(siteName) === canonical)
}

/** The site whose domain or alias this name is. */
export function siteNamed<Named extends NamedSite>(sites: readonly Named[], name: string): Named | undefined {
  return sites.find((site) => hasName(site, name))
}

/** Whether a host lies below the domain: `www.shop.example` below `shop.example`, but not `evil-shop.example`. */
export function isSubdomain(host: string, domain: string): boolean {
  return canonicalHost(host).endsWith(`.${canonicalHost(domain)}`)
}

/** Whether a host is the domain or an alias of the site, or a sub-domain of either. */
export function ownsHost(site: NamedSite, host: string): boolean {
  return hasName(site, host) || namesOf(site).some((name) => isSubdomain(host, name))
}

/** The current sites, indexed by name. */
export interface Sites {
  /** The site whose domain or alias this is, or a sub-domain of either. */
  resolve(name: string): Site | undefined
  /** Whether a page on this host, as hostOf gives it, may send events of the site. */
  allows(site: Site, host: string): boolean
  /** Whether a page on this host may send events of any site. */
  allowsAny(host: string): boolean
  replace(sites: readonly Site[]): void
}

export function createSites(sites: readonly Site[]): Sites {
  let byName = indexByName(sites)
  /** The most specific site that owns the host: a sub-domain may be a site of its own. */
  const ownerOf = (host: string): Site | undefined => {
    for (let name = host; name !== ''; ) {
      const site = byName.get(name)
      if (site) return site
      const dot = name.indexOf('.')
      name = dot === -1 ? '' : name.slice(dot + 1)
    }
    return undefined
  }
  return {
    resolve: (name) => byName.get(name) ?? ownerOf(canonicalHost(name)),
    // The index answers nearly always, and is faster.
    allows: (site, host) => ownerOf(host) === site || ownsHost(site, host),
    allowsAny: (host) => ownerOf(host) !== undefined,
    replace(current) {
      byName = indexByName(current)
    },
  }
}

function indexByName(sites: readonly Site[]): Map<string, Site> {
  return new Map(sites.flatMap((site) => namesOf(site).map((name) => [canonicalHost(name), site])))
}

const hosts = new LRUCache<string, { host: string | undefined }>({
  max: 1_000,
  memoMethod: (header) => ({ host: parseHost(header) }),
})

/** Host name of an Origin or Referer header: `null` for an opaque origin, `undefined` without a valid header. */
export function hostOf(header: string | undefined): string | null | undefined {
  if (header === undefined) return undefined
  return header === 'null' ? null : hosts.memo(header).host
}

function parseHost(header: string): string | undefined {
  if (!URL.canParse(header)) return undefined
  const { protocol, hostname } = new URL(header)
  const host = canonicalHost(hostname)
  return /^https?:$/.test(protocol) && !host.endsWith('.') ? host : undefined
}
