/** Diagnoses of the script on the pages: whether it is present, intact, and allowed to reach the collector. */

import { isLocalHost } from '../../http/local-host.js'
import { canonicalHost, hasName } from '../../sites/hosts.js'
import { dayMs } from '../../time.js'
import { allows } from '../csp.js'
import type { SiteFacts } from '../facts.js'
import type { PageFacts } from '../page-facts.js'
import type { Finding, Rule } from '../rule.js'

const docs = 'docs/troubleshooting.md'

export const install = [
  {
    code: 'snippet_missing',
    severity: 'warning',
    title: 'Nothing has arrived from this domain',
    why: 'Without the script no page can tell of a visit or an order.',
    fix: 'Paste the script before </head> and publish the site. Look at View source, not at Inspect: an optimiser plugin, a cache or a consent banner may hold it back.',
    path: '/install',
    docs,
    checkSite: ({ events, report }) => (events.length === 0 && !report ? {} : undefined),
    checkPage: ({ tags, url }) =>
      tags.length === 0 ? { detail: `no tag of ours in ${url.href}` } : undefined,
  },
  {
    code: 'snippet_in_body',
    severity: 'info',
    title: 'The script stands in the body',
    why: 'It runs late there: a visitor who leaves at once is not counted.',
    fix: 'Move it into the head, before </head>.',
    path: '/install',
    docs,
    checkSite: ({ report }) => (report?.tag_in === 'body' ? { since: report.at } : undefined),
    checkPage: ({ tags: [tag] }) => (tag?.isInBody ? {} : undefined),
  },
  {
    code: 'snippet_twice',
    severity: 'warning',
    title: 'The script is on the page more than once',
    why: 'The second copy does nothing; settings in its tag are ignored.',
    fix: 'Keep one: often the theme and a tag manager both have it.',
    path: '/install',
    docs,
    checkSite: ({ report }) =>
      report && (report.copies ?? 1) > 1
        ? { detail: `${report.copies} copies on ${report.origin}`, since: report.at }
        : undefined,
    checkPage: ({ tags }) => (tags.length > 1 ? { detail: `${tags.length} copies` } : undefined),
  },
  {
    code: 'snippet_altered',
    severity: 'warning',
    title: 'The script is not the one that this collector serves',
    why: 'Browsers refuse a file whose hash differs from the integrity attribute: nothing is sent then.',
    fix: 'Copy the tag again. After each update of tagferry the hash is another.',
    path: '/install',
    docs,
    checkPage({ tags: [tag], integrities }) {
      const integrity = tag?.attributes.get('integrity')
      return integrity === undefined || integrities.has(integrity) ? undefined : { detail: integrity }
    },
  },
  {
    code: 'site_key_mismatch',
    severity: 'warning',
    title: 'Pages of another domain send under this name',
    why: 'Such events are not taken (origin_not_allowed): anybody could send in your name otherwise.',
    fix: 'Correct data-site in the tag, or add the other domain as an alias. In a sandboxed frame give data-site-key.',
    path: '/configuration/events',
    docs,
    checkSite({ rejectedSamples, site, report, now }) {
      if (report?.site !== undefined && !hasName(site, report.site))
        return { detail: `the tag on ${report.origin} says ${report.site}`, since: report.at }
      const rejected = rejectedSamples.find(
        (sample) =>
          sample.reason === 'origin_not_allowed' && hasName(site, sample.site) && sample.at > now - dayMs,
      )
      return rejected && { detail: `last with the event ${rejected.event}` }
    },
    checkPage({ tags: [tag], site, url }) {
      if (!tag || !site) return undefined
      const name = tag.attributes.get('data-site') ?? url.hostname.replace(/^www\./, '')
      return hasName(site, name) ? undefined : { detail: `the tag says ${name}` }
    },
  },
  {
    code: 'domain_not_registered',
    severity: 'warning',
    title: 'Events come for a domain that is not set up',
    why: 'They are counted and not kept (unknown_site).',
    fix: 'Add the domain if it is yours, or correct data-site in its tag. Anybody can send such events: ignore names that you do not know.',
    path: '/domains',
    docs,
    checkInstance({ rejectedSamples, names, now }) {
      const unknown = rejectedSamples.filter(
        ({ reason, site, at }) =>
          reason === 'unknown_site' && at > now - dayMs && !names.includes(canonicalHost(site)),
      )
      const domains = [...new Set(unknown.map(({ site }) => site))]
      return domains.length === 0 ? undefined : { detail: domains.slice(0, 3).join(', ') }
    },
    checkPage: ({ site, url }) => (site ? undefined : { detail: url.hostname }),
  },
  {
    code: 'csp_blocks_script',
    severity: 'error',
    title: 'The Content Security Policy of the page blocks the script',
    why: 'The browser does not load it: nothing is sent.',
    fix: 'Add the address of this collector to script-src.',
    path: '/install',
    docs,
    checkSite: (facts) => reportedViolation(facts, 'script-src'),
    checkPage: (page) =>
      blockedAddress(page, page.tags[0]?.src, ['script-src-elem', 'script-src', 'default-src']),
  },
  {
    code: 'csp_blocks_connect',
    severity: 'error',
    title: 'The Content Security Policy of the page blocks what the script sends',
    why: 'The script runs and its events do not leave the page.',
    fix: 'Add the address of this collector to connect-src.',
    path: '/install',
    docs,
    checkSite: (facts) => reportedViolation(facts, 'connect-src'),
    checkPage: (page) => blockedAddress(page, endpointOf(page), ['connect-src', 'default-src']),
  },
  {
    code: 'client_blocked',
    severity: 'info',
    title: 'An ad blocker stops the script',
    why: 'Visitors with such a blocker are not counted in the browser.',
    fix: 'Serve script and collector under a path of your own host, and send orders from your server as well.',
    path: '/install',
    docs,
    scriptOnly: true,
  },
  {
    code: 'cache_stale',
    severity: 'warning',
    title: 'Pages still load an older script',
    why: 'What was changed since is not in effect for these visitors.',
    fix: 'Empty the cache of your site or CDN. Browsers ask again within the hour.',
    docs,
    checkSite: ({ report, version }) =>
      report?.version !== undefined && report.version !== version
        ? { detail: `${report.version}, this is ${version}`, since: report.at }
        : undefined,
    checkPage: ({ cachedIssues }) =>
      cachedIssues.length === 0
        ? undefined
        : { detail: `a cache still has the page with ${cachedIssues.join(', ')}` },
  },
  {
    code: 'preflight_blocked',
    severity: 'warning',
    title: 'A proxy answers requests of the script in the place of the collector',
    why: 'Without the headers of the collector the browser does not let the answer through: the script sends again.',
    fix: 'Let the proxy pass OPTIONS and POST of /e on as they are, and add no Access-Control header to them.',
    docs: 'docs/operations.md',
    scriptOnly: true,
  },
  {
    code: 'http_site_no_subtle_crypto',
    severity: 'warning',
    title: 'Pages are served over plain http',
    why: 'E-mail addresses and phone numbers travel in the clear, and the browser cannot hash them first: the collector hashes them on arrival.',
    fix: 'Serve the site over https.',
    docs: 'docs/privacy.md',
    checkSite({ samples, report }) {
      const addresses = [report?.origin ?? '', ...samples.map(({ page }) => page?.url ?? '')]
      const insecure = addresses
        .filter((address) => URL.canParse(address))
        .find((address) => isInsecure(new URL(address)))
      return insecure === undefined ? undefined : { detail: new URL(insecure).origin }
    },
    checkPage: ({ url }) => (isInsecure(url) ? { detail: url.origin } : undefined),
  },
] as const satisfies readonly Rule[]

function reportedViolation({ report }: SiteFacts, directive: string): Finding | undefined {
  if (!report?.violations?.includes(directive)) return undefined
  return { detail: `${report.violations} on ${report.origin}`, since: report.at }
}

/** @param directives the first one that a policy has decides */
function blockedAddress(
  { policies, url }: PageFacts,
  address: URL | undefined,
  directives: readonly string[],
): Finding | undefined {
  if (!address || policies.every((policy) => allows(policy, directives, address, url))) return undefined
  return { detail: `add ${address.origin}` }
}

/** Where the script of the page sends its events. */
function endpointOf({ tags: [tag] }: PageFacts): URL | undefined {
  const endpoint = tag?.attributes.get('data-endpoint') ?? 'e'
  return tag && URL.canParse(endpoint, tag.src) ? new URL(endpoint, tag.src) : undefined
}

/** Browsers treat loopback hosts as secure. */
const isInsecure = ({ protocol, hostname }: URL) => protocol === 'http:' && !isLocalHost(hostname)
