/** Checks of privacy, identity and the connection of a site. */
import type { ConnectionConfig } from '../sites/registry.js'
import type { MatchKey } from '../store/reports.js'
import { minuteMs } from '../time.js'
import type { SiteFacts } from './facts.js'
import { type Checks, type Found, percent, some } from './issue.js'

/** Fewer tell nothing. */
const enough = { consent: 10, everything: 20, never: 200, coverage: 10 }

export const privacyChecks: Checks = {
  consent_never_granted({ events }) {
    const browser = events.filter(({ source }) => source === 'browser')
    const refused = browser.filter(({ skipReason }) => skipReason === 'consent')
    const all = refused.length >= enough.consent && refused.length === browser.length
    return all ? { detail: some(refused.length, 'event') } : undefined
  },
  gpc_on: ({ report }) => (report?.gpc ? { since: report.at } : undefined),
  ldu_on_everything({ hours, scope, events }) {
    const { accepted, ldu } = sumsOf(hours)
    if (scope === 'all' || accepted < enough.everything || ldu < accepted) return undefined
    const reason = events.find(({ limitedDataUse }) => limitedDataUse)?.privacyReason
    return { detail: `${some(accepted, 'event')}${reason ? `, the newest for ${reason}` : ''}` }
  },
  ldu_never({ hours }) {
    const { accepted, ldu } = sumsOf(hours)
    return accepted >= enough.never && ldu === 0 ? { detail: some(accepted, 'event') } : undefined
  },
}

function sumsOf(hours: SiteFacts['hours']) {
  const sums = { accepted: 0, ldu: 0 }
  for (const { browser, server, ldu } of hours) {
    sums.accepted += browser + server
    sums.ldu += ldu
  }
  return sums
}

/** Events of people who have told who they are. */
const personal = new Set([
  'Purchase',
  'CompletePayment',
  'Lead',
  'SubmitForm',
  'CompleteRegistration',
  'Subscribe',
])
/** In the order in which they help. */
const toAdd = { email: 'e-mail', phone: 'phone', external_id: 'external_id' } as const

export const identityChecks: Checks = {
  cookie_not_kept: ({ report }) => (report?.cookie_domain === '' ? { since: report.at } : undefined),
  cookie_domain_wrong({ report, site }) {
    const domain = report?.cookie_domain?.replace(/^\./, '')
    const isNarrow = domain !== undefined && domain !== site.domain && domain.endsWith(`.${site.domain}`)
    return report && isNarrow ? { detail: domain, since: report.at } : undefined
  },
  ttclid_lost_on_redirect: ({ report }) =>
    report?.ttclid_seen === false ? { detail: report.origin ?? '', since: report.at } : undefined,
  low_match_coverage({ hours }) {
    const counted = hours.filter(({ event }) => personal.has(event))
    const { accepted } = sumsOf(counted)
    if (accepted < enough.coverage) return undefined
    const having = (key: MatchKey) => counted.reduce((sum, { keys }) => sum + keys[key], 0)
    const isRare = (key: MatchKey) => having(key) < accepted / 2
    const tell = (key: MatchKey, label: string) => ({
      detail: `${percent(having(key), accepted)} of ${some(accepted, 'event')} have ${label}: add it`,
    })
    if (isRare('visitor')) return tell('visitor', 'IP address and user agent')
    if (!isRare('ttclid') || !isRare('email') || !isRare('phone')) return undefined
    const next = (Object.keys(toAdd) as (keyof typeof toAdd)[]).find(isRare) ?? 'email'
    return tell(next, toAdd[next])
  },
}

/** The first connection of which something is found. */
function each(facts: SiteFacts, find: (connection: ConnectionConfig, facts: SiteFacts) => Found | undefined) {
  for (const connection of facts.site.connections) {
    const found = find(connection, facts)
    if (found) return found
  }
  return undefined
}

export const connectionChecks: Checks = {
  pixel_code_suspicious: (facts) =>
    each(facts, ({ vendor, fields }) => {
      const [doubted] = Object.keys(facts.kinds.find(({ name }) => name === vendor)?.doubts(fields) ?? {})
      return doubted === undefined ? undefined : { detail: fields[doubted] ?? '' }
    }),
  token_rejected: (facts) =>
    each(facts, ({ vendor, fingerprint, complete }) => {
      const pause = facts.pauses.find((one) => one.vendor === vendor && one.fingerprint === fingerprint)
      if (!pause || !complete) return undefined
      const waiting = facts.queues.find((queue) => queue.vendor === vendor)?.pending ?? 0
      const wait = waiting > 0 ? `; ${some(waiting, 'event')} waiting` : ''
      return { detail: `'${pause.reason}'${wait}`, since: pause.pausedAt }
    }),
  token_missing: ({ site }) => (site.connections.some(({ complete }) => complete) ? undefined : {}),
  vendor_disabled: ({ site: { connections } }) =>
    connections.some(({ complete }) => complete) && connections.every(({ enabled }) => !enabled)
      ? {}
      : undefined,
  domain_paused: ({ site }) => (site.paused ? {} : undefined),
  test_code_left_on: (facts) =>
    each(facts, ({ fields: { testEventCode }, savedAt }) =>
      testEventCode === undefined ? undefined : { detail: testEventCode, ...(savedAt && { since: savedAt }) },
    ),
  queue_growing: (facts) =>
    each(facts, ({ vendor, enabled, complete, fingerprint }, { now, queues, pauses, site, lastAttempts }) => {
      const queue = queues.find((one) => one.vendor === vendor)
      const refused = pauses.some((one) => one.vendor === vendor && one.fingerprint === fingerprint)
      // Each of these has a diagnosis of its own.
      if (!queue || !enabled || !complete || refused || site.paused) return undefined
      if (queue.oldestAt > now - 10 * minuteMs) return undefined
      const last = lastAttempts.get(vendor)
      const words =
        last && last.outcome !== 'delivered' ? `; last answer: ${last.message ?? last.outcome}` : ''
      return { detail: `${some(queue.pending, 'event')}${words}`, since: queue.oldestAt }
    }),
  rate_limited: (facts) =>
    each(facts, ({ vendor }) => {
      const last = facts.lastAttempts.get(vendor)
      if (last?.outcome !== 'throttled' || last.at < facts.now - 60 * minuteMs) return undefined
      return { ...(last.message && { detail: `'${last.message}'` }) }
    }),
}
