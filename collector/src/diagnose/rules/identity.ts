/** Diagnoses of what visitors are recognised by: cookie, click id, address, and the data that TikTok can match. */
import { isLocalHost } from '../../http/local-host.js'
import { isSubdomain } from '../../sites/hosts.js'
import type { MatchKey } from '../../store/reports.js'
import type { VendorKind } from '../../vendors/vendor.js'
import { sumHours } from '../counts.js'
import type { SiteFacts } from '../facts.js'
import type { Finding, Rule } from '../rule.js'
import { percent, plural } from '../wording.js'

const docs = 'docs/troubleshooting.md'

export const identity = [
  {
    code: 'cookie_not_kept',
    severity: 'warning',
    title: 'The browser does not keep our cookie',
    why: 'The click id is lost with the page: an order on a later page is not matched to the ad.',
    fix: 'Serve the collector under the domain of the shop, best under a path, and allow the cookie in your consent tool.',
    path: '/install',
    docs: 'docs/privacy.md',
    checkSite: ({ report }) => (report?.cookie_domain === '' ? { since: report.at } : undefined),
  },
  {
    code: 'cookie_domain_wrong',
    severity: 'warning',
    title: 'The cookie is not shared between sub-domains',
    why: 'A visitor who lands on www and pays on checkout is two visitors.',
    fix: 'Set data-site to the domain that all of them share.',
    path: '/install',
    docs,
    checkSite({ report, site }) {
      const domain = report?.cookie_domain?.replace(/^\./, '')
      const isNarrow = domain !== undefined && isSubdomain(domain, site.domain)
      return report && isNarrow ? { detail: domain, since: report.at } : undefined
    },
  },
  {
    code: 'ttclid_lost_on_redirect',
    severity: 'warning',
    title: 'The click id does not reach the page',
    why: 'A redirect drops the query of the landing address, and with it the ttclid: orders are not matched to the ad.',
    fix: 'Let the redirect keep the query, or let the ad lead to the final address.',
    docs,
    checkSite: ({ report }) =>
      report?.ttclid_seen === false ? { detail: report.origin ?? '', since: report.at } : undefined,
  },
  {
    code: 'private_ip_seen',
    severity: 'error',
    title: 'Visitors are seen with a private address',
    why: 'A private address is not sent, so {vendor} gets no address of your visitors, and their state is not known.',
    fix: 'Set TAGFERRY_TRUST_PROXY to the address of the proxy in front, such as loopback or 172.16.0.0/12, and start tagferry again.',
    docs: 'docs/operations.md',
    checkInstance({ owner }) {
      if (!owner || owner.isPublic || owner.address === '' || isLocalNetworkHost(owner.host)) return undefined
      return { detail: `we see you as ${owner.address}` }
    },
  },
  {
    code: 'low_match_coverage',
    severity: 'warning',
    title: '{vendor} gets little to match customers by',
    why: 'An event that matches nobody counts for no ad.',
    fix: "Send the field named here with the event: tagferry.identify({ email, phone }), or user in a server's event.",
    path: '/install',
    docs: 'docs/events.md',
    checkSite: missingMatchKey,
  },
] as const satisfies readonly Rule[]

/** Hosts of this machine or the local network: an owner who uses one is rightly seen with a private address. */
const isLocalNetworkHost = (host: string) =>
  isLocalHost(host) ||
  !host.includes('.') ||
  /(^|\.)(local|lan|home|internal)$/.test(host) ||
  /^(10|192\.168|172\.(1[6-9]|2\d|3[01])|169\.254)\./.test(host)

/** Visitors have usually given personal data before these events. */
const personalEvents = new Set([
  'Purchase',
  'CompletePayment',
  'Lead',
  'SubmitForm',
  'CompleteRegistration',
  'Subscribe',
])

/** With fewer events the shares say little. */
const minEvents = 10

/** Suggests address and user agent first. Suggests the e-mail only while click id, e-mail and phone are all rare. */
function missingMatchKey({ hours, kinds, site }: SiteFacts): Finding | undefined {
  const personalHours = hours.filter(({ event }) => personalEvents.has(event))
  const { accepted } = sumHours(personalHours)
  if (accepted < minEvents) return undefined
  const countWith = (key: MatchKey) => personalHours.reduce((sum, { keys }) => sum + (keys[key] ?? 0), 0)
  const isRare = (key: MatchKey) => countWith(key) < accepted / 2
  const finding = (key: MatchKey, label: string) => ({
    detail: `${percent(countWith(key), accepted)} of ${plural(accepted, 'event')} have ${label}: add it`,
  })
  if (isRare('visitor')) return finding('visitor', 'IP address and user agent')
  const isEnabled = ({ name }: VendorKind) =>
    site.connections.some((one) => one.vendor === name && one.enabled)
  const clickKeys = kinds.filter(isEnabled).flatMap(({ matchKeys }) => Object.keys(matchKeys).slice(0, 1))
  if (![...clickKeys, 'email', 'phone'].every(isRare)) return undefined
  return finding('email', 'e-mail')
}
