/** Reads the facts about a fetched page that the checks use: our script tags and the policies of the page. */
import { type NamedSite, ownsHost } from '../sites/hosts.js'
import { type Policy, readPolicies } from './csp.js'

export interface FetchedPage {
  /** After redirects. */
  url: string
  html: string
  /** Value of the Content-Security-Policy header, if the server sent one. */
  policy?: string
}

export interface Expected {
  sites: readonly NamedSite[]
  /** The scripts of this collector, by file name. */
  scripts: ReadonlyMap<string, { integrity: string }>
}

export interface PageFacts {
  url: URL
  /** The site that the page's host belongs to, if there is one. */
  site?: NamedSite
  /** Our script tags, in the order of the page. */
  tags: readonly ScriptTag[]
  /** Of the header and of meta elements: a request must pass all of them. */
  policies: readonly Policy[]
  /** Values for `integrity` of the scripts of this collector. */
  integrities: ReadonlySet<string>
  /** Codes of the issues that only a cached copy of the page has. */
  cachedIssues: readonly string[]
}

export interface ScriptTag {
  src: URL
  /** By name in lower case. */
  attributes: ReadonlyMap<string, string>
  isInBody: boolean
}

export function readPage(page: FetchedPage, { sites, scripts }: Expected): PageFacts {
  const url = new URL(page.url)
  // Browsers ignore comments. Blanks of the same length keep the offsets of the rest.
  const html = page.html.replace(/<!--[\s\S]*?(-->|$)/g, (comment) => ' '.repeat(comment.length))
  const site = sites.find((candidate) => ownsHost(candidate, url.hostname))
  return {
    url,
    ...(site && { site }),
    tags: scriptTags(html, url),
    policies: [page.policy ?? '', ...metaPolicies(html)].flatMap(readPolicies),
    integrities: new Set([...scripts.values()].map(({ integrity }) => integrity)),
    cachedIssues: [],
  }
}

/** Recognises our tags by the file's name, or by an attribute that no other script has. */
function scriptTags(html: string, page: URL): ScriptTag[] {
  const headEnd = html.search(/<\/head\s*>|<body[\s>]/i)
  return elementsOf('script', html).flatMap(({ attributes, offset }) => {
    const address = attributes.get('src')
    if (!address || !URL.canParse(address, page)) return []
    const src = new URL(address, page)
    const isOurs = attributes.has('data-site') || /\/t(\.core)?\.js$/.test(src.pathname)
    return isOurs ? [{ src, attributes, isInBody: headEnd !== -1 && offset > headEnd }] : []
  })
}

function metaPolicies(html: string): string[] {
  return elementsOf('meta', html).flatMap(({ attributes }) => {
    const isPolicy = attributes.get('http-equiv')?.toLowerCase() === 'content-security-policy'
    return isPolicy ? [attributes.get('content') ?? ''] : []
  })
}

interface Element {
  attributes: Map<string, string>
  /** Where its tag starts in the text. */
  offset: number
}

/**
 * Finds the opening tags of a name. A single regular expression would search to the end of the page for each tag that
 * is not closed, which takes quadratic time on a hostile page.
 */
function elementsOf(name: 'script' | 'meta', html: string): Element[] {
  const elements: Element[] = []
  const opening = new RegExp(`<${name}\\b`, 'gi')
  for (let match = opening.exec(html); match; match = opening.exec(html)) {
    const end = html.indexOf('>', opening.lastIndex)
    if (end === -1) break
    elements.push({ attributes: readAttributes(html.slice(opening.lastIndex, end)), offset: match.index })
    opening.lastIndex = end
  }
  return elements
}

function readAttributes(text: string): Map<string, string> {
  const matches = text.matchAll(/([^\s=/"'>]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+)))?/g)
  return new Map(
    [...matches].map(([, name = '', double, single, bare]) => [
      name.toLowerCase(),
      (double ?? single ?? bare ?? '').replaceAll('&amp;', '&'),
    ]),
  )
}
