/** Diagnoses a page as a server sends it: whether our tag is present, in the right place, and allowed to work. */
import type { Issue } from './issue.js'
import { type Expected, type FetchedPage, type PageFacts, readPage } from './page-facts.js'
import { registry } from './registry.js'

export interface PageCopies {
  /** As visitors get it, maybe from a cache. */
  page: FetchedPage
  /** The same page, fetched past all caches; absent if the site refused that request. */
  fresh?: FetchedPage
}

/** Diagnoses the fresh copy. Issues that only the other copy has are reported together as `cache_stale`. */
export function diagnosePage({ page, fresh }: PageCopies, expected: Expected): Issue[] {
  const issues = findIssues(readPage(page, expected))
  if (!fresh) return issues
  const facts = readPage(fresh, expected)
  const current = new Set(findIssues(facts).map(({ code }) => code))
  const cachedIssues = issues.map(({ code }) => code).filter((code) => !current.has(code))
  return findIssues({ ...facts, cachedIssues })
}

function findIssues(facts: PageFacts): Issue[] {
  return registry.flatMap(({ code, checkPage }) => {
    const finding = checkPage?.(facts)
    return finding ? [{ code, ...(facts.site && { site: facts.site.domain }), ...finding }] : []
  })
}
