/** What is wrong with a page as a server sends it: whether our tag is in it, where, how often, and may do its work. */
import { isPlain } from './checks-install.js'
import { allows, type Policy, readPolicies } from './csp.js'
import type { Found, Issue } from './issue.js'
import type { Code } from './registry.js'

export interface FetchedPage {
  /** After redirects. */
  url: string
  html: string
  /** The header, if it came. */
  policy?: string
}

export interface Expected {
  /** Domains with their aliases. */
  sites: readonly { domain: string; aliases: readonly string[] }[]
  /** Scripts by name, with the hash of each. */
  scripts: ReadonlyMap<string, { integrity: string }>
}

export interface Tag {
  src: string
  attributes: ReadonlyMap<string, string>
  /** Where it stands in the text. */
  at: number
}

export function diagnosePage(page: FetchedPage, { sites, scripts }: Expected): Issue[] {
  const url = new URL(page.url)
  // What is commented out, a browser does not see; blanks keep the places of the rest.
  const html = page.html.replace(/<!--[\s\S]*?(-->|$)/g, (comment) => ' '.repeat(comment.length))
  const site = sites.find(({ domain, aliases }) =>
    [domain, ...aliases].some((name) => url.hostname === name || url.hostname.endsWith(`.${name}`)),
  )
  const issues: Issue[] = []
  const raise = (code: Code, found: Found | false) =>
    found && issues.push({ code, ...(site && { site: site.domain }), ...found })
  raise('domain_not_registered', site === undefined && { detail: url.hostname })
  raise('http_site_no_subtle_crypto', isPlain(page.url) && { detail: url.origin })
  const tags = tagsOf(html, url)
  const [tag] = tags
  if (!tag) {
    raise('snippet_missing', { detail: `no tag of ours in ${page.url}` })
    return issues
  }
  const end = html.search(/<\/head\s*>|<body[\s>]/i)
  raise('snippet_in_body', end !== -1 && tag.at > end && {})
  raise('snippet_twice', tags.length > 1 && { detail: `${tags.length} copies` })
  const hash = tag.attributes.get('integrity')
  const known = [...scripts.values()].some(({ integrity }) => integrity === hash)
  raise('snippet_altered', hash !== undefined && !known && { detail: hash })
  const named = tag.attributes.get('data-site') ?? url.hostname.replace(/^www\./, '')
  const isOwn = site === undefined || [site.domain, ...site.aliases].includes(named)
  raise('site_key_mismatch', !isOwn && { detail: `the tag says ${named}` })
  const policies = [page.policy, ...metaPolicies(html)].flatMap((text) => readPolicies(text ?? ''))
  const isBlocked = (names: string[], address: string) =>
    policies.some((policy: Policy) => !allows(policy, names, new URL(address), url))
  const blocked = isBlocked(['script-src-elem', 'script-src', 'default-src'], tag.src)
  raise('csp_blocks_script', blocked && { detail: `add ${new URL(tag.src).origin}` })
  const endpoint = new URL(tag.attributes.get('data-endpoint') ?? 'e', tag.src).href
  const silenced = isBlocked(['connect-src', 'default-src'], endpoint)
  raise('csp_blocks_connect', silenced && { detail: `add ${new URL(endpoint).origin}` })
  return issues
}

/**
 * A page as a cache may have it, compared with the page past all caches: what is only in the old copy is told as such.
 * @param fresh the same page, asked for in a way that no cache has seen before
 */
export function diagnoseCopies(page: FetchedPage, fresh: FetchedPage, expected: Expected): Issue[] {
  const now = diagnosePage(fresh, expected)
  const gone = diagnosePage(page, expected).filter(({ code }) => !now.some((issue) => issue.code === code))
  const [first] = gone
  if (!first) return now
  const detail = `a cache still has the page with ${gone.map(({ code }) => code).join(', ')}`
  return [...now, { code: 'cache_stale', ...(first.site && { site: first.site }), detail }]
}

/** What a look at a page can raise. */
export const pageCodes: ReadonlySet<Code> = new Set([
  'domain_not_registered',
  'http_site_no_subtle_crypto',
  'snippet_missing',
  'snippet_in_body',
  'snippet_twice',
  'snippet_altered',
  'site_key_mismatch',
  'csp_blocks_script',
  'csp_blocks_connect',
  'cache_stale',
])

/** Our tags: by the file's name, or by the setting that no other script has. */
function tagsOf(html: string, page: URL): Tag[] {
  return elementsOf('script', html).flatMap(({ attributes, at }) => {
    const src = attributes.get('src')
    if (!src || !URL.canParse(src, page)) return []
    const address = new URL(src, page)
    const isOurs = attributes.has('data-site') || /\/t(\.core)?\.js$/.test(address.pathname)
    return isOurs ? [{ src: address.href, attributes, at }] : []
  })
}

function metaPolicies(html: string): string[] {
  return elementsOf('meta', html).flatMap(({ attributes }) => {
    const isPolicy = attributes.get('http-equiv')?.toLowerCase() === 'content-security-policy'
    return isPolicy ? [attributes.get('content') ?? ''] : []
  })
}

/** Opening tags of a name. Step by step: one expression would go to the end of the page from each that is not closed. */
function elementsOf(name: 'script' | 'meta', html: string): Omit<Tag, 'src'>[] {
  const found: Omit<Tag, 'src'>[] = []
  const opening = new RegExp(`<${name}\\b`, 'gi')
  for (let match = opening.exec(html); match; match = opening.exec(html)) {
    const end = html.indexOf('>', opening.lastIndex)
    if (end === -1) break
    found.push({ attributes: attributesOf(html.slice(opening.lastIndex, end)), at: match.index })
    opening.lastIndex = end
  }
  return found
}

function attributesOf(text: string): Map<string, string> {
  const found = text.matchAll(/([^\s=/"'>]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+)))?/g)
  return new Map(
    [...found].map(([, name = '', double, single, bare]) => [
      name.toLowerCase(),
      (double ?? single ?? bare ?? '').replaceAll('&amp;', '&'),
    ]),
  )
}
