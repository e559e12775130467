/** Fetches a page of a site and diagnoses it, for `doctor` and for the button of the dashboard. */
import { randomUUID } from 'node:crypto'
import type { Config } from '../config/config.js'
import { diagnosePage, type PageCopies } from '../diagnose/html-check.js'
import type { Issue } from '../diagnose/issue.js'
import type { Expected } from '../diagnose/page-facts.js'
import { ownsHost } from '../sites/hosts.js'
import type { SiteConfig } from '../sites/registry.js'
import { type FetchRules, fetchPage } from './guarded-fetch.js'

/** Fetches a page as visitors get it, and once more past all caches. Gives a sentence if the page did not come. */
export async function fetchCopies(address: string, rules: FetchRules): Promise<PageCopies | string> {
  const [page, fresh] = await Promise.all([
    fetchPage(address, rules),
    fetchPage(withUnknownParameter(address), rules),
  ])
  if (typeof page === 'string') return page
  // Some sites refuse requests with an unknown parameter.
  if (typeof fresh === 'string') return { page }
  return { page, fresh: { ...fresh, url: page.url } }
}

function withUnknownParameter(address: string): string {
  if (!URL.canParse(address)) return address
  const url = new URL(address)
  url.searchParams.set('tagferry_check', randomUUID())
  return url.href
}

/** Gives the issues of a page, or a sentence if it was not checked. */
export type CheckPage = (site: SiteConfig, address: string) => Promise<readonly Issue[] | string>

/** Each check makes two outgoing requests, which may take some seconds. */
const maxConcurrentChecks = 2

/** @returns the check that TAGFERRY_SITE_CHECK allows the dashboard; nothing if that is `off` */
export function createPageCheck(
  { siteCheck }: Pick<Config, 'siteCheck'>,
  scripts: Expected['scripts'],
): CheckPage | undefined {
  if (siteCheck === 'off') return undefined
  const allowLocal = siteCheck === 'local'
  let running = 0
  return async (site, address) => {
    if (running >= maxConcurrentChecks) return 'Other checks are running: try again in some seconds.'
    running += 1
    try {
      const copies = await fetchCopies(address, {
        allowLocal,
        refuse: (url) => refusal(site, url, allowLocal),
      })
      return typeof copies === 'string' ? copies : diagnosePage(copies, { sites: [site], scripts })
    } finally {
      running -= 1
    }
  }
}

/** Allows only pages of the domain at the default ports, so that nobody can scan other hosts through this collector. */
function refusal(site: SiteConfig, url: URL, allowLocal: boolean): string | undefined {
  if (!ownsHost(site, url.hostname)) return `it is no page of ${site.domain}`
  return url.port !== '' && !allowLocal ? 'only the usual ports are asked' : undefined
}
