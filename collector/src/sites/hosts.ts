/** Which site a request speaks for, and whether its page may: host names compared as parsed, never as text. */
import { LRUCache } from 'lru-cache'
import type { Site } from '../event.js'

export interface Sites {
  /** By domain or alias, any case, with or without a trailing dot. */
  find(domain: string): Site | undefined
  /** Whether a page on this host, as hostOf gives it, may send events of the site. */
  allows(site: Site, host: string): boolean
  /** Whether a page on this host may send events of any site at all. */
  allowsAny(host: string): boolean
  /** The sites there are now. */
  replace(list: readonly Site[]): void
}

const bare = (domain: string) => domain.toLowerCase().replace(/\.$/, '')

/** Looks sites up by name and hosts by label, so that `evil-shop.example` is not `shop.example`. */
export function createSites(list: readonly Site[]): Sites {
  let byName = indexed(list)
  const owner = (host: string): Site | undefined => {
    for (let name = host; name !== ''; ) {
      const site = byName.get(name)
      if (site) return site
      const dot = name.indexOf('.')
      name = dot === -1 ? '' : name.slice(dot + 1)
    }
    return undefined
  }
  return {
    find: (domain) => byName.get(domain) ?? byName.get(bare(domain)),
    allows: (site, host) => owner(host) === site || ownNames(site).some((name) => within(host, name)),
    allowsAny: (host) => owner(host) !== undefined,
    replace(now) {
      byName = indexed(now)
    },
  }
}

function indexed(list: readonly Site[]): Map<string, Site> {
  const byName = new Map<string, Site>()
  for (const site of list) {
    for (const name of [site.domain, ...site.aliases]) byName.set(bare(name), site)
  }
  return byName
}

/** A host may belong to two sites: a shop's sub-domain can be a site of its own. */
const ownNames = (site: Site) => [site.domain, ...site.aliases].map(bare)

/** Whether `host` is `domain` or one of its sub-domains. */
function within(host: string, domain: string): boolean {
  return host === domain || host.endsWith(`.${domain}`)
}

const hosts = new LRUCache<string, { host: string | null | undefined }>({ max: 1_000 })

/** Host name of an Origin or Referer header: `null` for an opaque origin, `undefined` for no or a broken header. */
export function hostOf(header: string | undefined): string | null | undefined {
  if (header === undefined) return undefined
  if (header === 'null') return null
  const known = hosts.get(header)
  if (known) return known.host
  let host: string | undefined
  try {
    const url = new URL(header)
    const name = bare(url.hostname)
    if (/^https?:$/.test(url.protocol) && !name.endsWith('.')) host = name
  } catch {
    // A header that is no address names no host.
  }
  hosts.set(header, { host })
  return host
}
