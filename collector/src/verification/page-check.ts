/** Looks at a page as a server sends it, and past the caches before it; what the owner may have looked at by a button. */
import { randomUUID } from 'node:crypto'
import type { Config } from '../config/config.js'
import { diagnoseCopies, diagnosePage, type Expected } from '../diagnose/html-check.js'
import type { Issue } from '../diagnose/issue.js'
import type { SiteConfig } from '../sites/registry.js'
import { fetchPage, type Reach } from './guarded-fetch.js'

/** How a page is to be judged, or a sentence on why it did not come. */
export async function lookAtPage(
  address: string,
  reach: Reach,
): Promise<((expected: Expected) => Issue[]) | string> {
  const [page, fresh] = await Promise.all([fetchPage(address, reach), fetchPage(pastCaches(address), reach)])
  if (typeof page === 'string') return page
  // A site may refuse a parameter that it does not know.
  if (typeof fresh === 'string') return (expected) => diagnosePage(page, expected)
  return (expected) => diagnoseCopies(page, { ...fresh, url: page.url }, expected)
}

function pastCaches(address: string): string {
  if (!URL.canParse(address)) return address
  const url = new URL(address)
  url.searchParams.set('tagferry_check', randomUUID())
  return url.href
}

export type CheckPage = (site: SiteConfig, address: string) => Promise<readonly Issue[] | string>

/** Each asks the outside twice, for some seconds. */
const mostAtOnce = 2

/** @returns what the dashboard may do by TAGFERRY_SITE_CHECK; nothing where it is off */
export function createPageCheck(
  { siteCheck }: Pick<Config, 'siteCheck'>,
  scripts: Expected['scripts'],
): CheckPage | undefined {
  if (siteCheck === 'off') return undefined
  const local = siteCheck === 'local'
  let running = 0
  return async (site, address) => {
    if (running >= mostAtOnce) return 'Other checks are running: try again in some seconds.'
    running += 1
    try {
      const judge = await lookAtPage(address, { local, refuse: (url) => refusal(site, url, local) })
      return typeof judge === 'string' ? judge : judge({ sites: [site], scripts })
    } finally {
      running -= 1
    }
  }
}

/** Only pages of the domain, at the usual ports: nobody may look around elsewhere by way of this collector. */
function refusal({ domain, aliases }: SiteConfig, url: URL, local: boolean): string | undefined {
  const names = [domain, ...aliases]
  const isOwn = names.some((name) => url.hostname === name || url.hostname.endsWith(`.${name}`))
  if (!isOwn) return `it is no page of ${domain}`
  return url.port !== '' && !local ? 'only the usual ports are asked' : undefined
}
