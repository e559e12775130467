/** Checks of what the events hold and of what became of them; and of how tagferry itself is set up. */

import { suggest } from '../config/suggest.js'
import { standardEvents } from '../event.js'
import type { ListedEvent } from '../store/reports.js'
import { countedName, customName } from '../store/sql/rollup-batch.js'
import { dayMs, hourMs } from '../time.js'
import { type InstanceFacts, productEvents, type SiteFacts } from './facts.js'
import { type Checks, some } from './issue.js'

const currencies = new Set(Intl.supportedValuesOf('currency'))
const purchases = new Set(['Purchase', 'CompletePayment'])
/** They count here too where a site keeps them. */
const oldNames = new Set(['CompletePayment', 'SubmitForm'])

/** Those of a week that were not skipped: of others nothing is kept. */
const recent = ({ events, now }: SiteFacts): ListedEvent[] =>
  events.filter(({ skipReason, receivedAt }) => skipReason === undefined && receivedAt > now - 7 * dayMs)

/** As they are counted. */
const namesOf = (events: readonly { event: string }[]) => [
  ...new Set(events.map(({ event }) => countedName(event))),
]

const ofLastDay = ({ hours, now }: SiteFacts) => hours.filter(({ hour }) => hour * hourMs > now - dayMs)

export const eventChecks: Checks = {
  no_recent_activity({ events, site, now }) {
    const [last] = events
    const quiet = last !== undefined && last.receivedAt < now - dayMs && !site.paused
    return quiet ? { since: last.receivedAt } : undefined
  },
  value_missing(facts) {
    const sold = recent(facts).filter(({ event }) => purchases.has(event))
    const without = sold.filter(({ value }) => typeof value !== 'number')
    if (without.length === 0 || without.length * 10 < sold.length) return undefined
    return {
      detail: `${without.length} of the last ${some(sold.length, 'purchase')}`,
      events: namesOf(without),
    }
  },
  currency_invalid(facts) {
    const wrong = recent(facts).filter(({ value, currency }) => value !== undefined && !isCurrency(currency))
    const [first] = wrong
    return (
      first && {
        detail: `${some(wrong.length, 'event')}, such as ${first.event} with ${inWords(first)}`,
        events: namesOf(wrong),
      }
    )
  },
  content_id_missing({ samples }) {
    const products = samples.filter(({ event }) => productEvents.has(event))
    const without = products.filter(
      ({ properties: { contents = [], content_ids = [] } = {} }) =>
        content_ids.length === 0 && !contents.some(({ content_id }) => content_id),
    )
    const [first] = without
    return first && without.length === products.length
      ? { detail: `such as ${first.event}`, events: namesOf(without) }
      : undefined
  },
  event_name_deprecated({ hours }) {
    const used = namesOf(hours).filter((event) => oldNames.has(event))
    return used.length === 0 ? undefined : { detail: used.join(', '), events: used }
  },
  event_name_custom(facts) {
    const own = [...new Set(recent(facts).map(({ event }) => event))].filter(
      (name) => !standardEvents.has(name) && !oldNames.has(name),
    )
    return own.length === 0
      ? undefined
      : { detail: own.slice(0, 3).map(withGuess).join(', '), events: [customName] }
  },
  duplicate_burst(facts) {
    const sums = { accepted: 0, duplicates: 0 }
    for (const { browser, server, duplicates } of ofLastDay(facts)) {
      sums.accepted += browser + server
      sums.duplicates += duplicates
    }
    if (sums.duplicates < 20 || sums.duplicates <= sums.accepted) return undefined
    return { detail: `${sums.duplicates} repeats and ${some(sums.accepted, 'new event')} in a day` }
  },
  clock_skew(facts) {
    const events = recent(facts)
    const late = events.filter(({ receivedAt, eventTime }) => receivedAt - eventTime * 1_000 > hourMs)
    if (late.length < 5 || late.length * 2 < events.length) return undefined
    return { detail: `${late.length} of the last ${some(events.length, 'event')} by more than an hour` }
  },
  retries_exhausted(facts) {
    const counts = ofLastDay(facts).filter(({ failed }) => failed > 0)
    if (counts.length === 0) return undefined
    const number = counts.reduce((sum, { failed }) => sum + failed, 0)
    const reason = facts.events
      .flatMap(({ deliveries }) => deliveries)
      .find(({ state }) => state === 'failed')?.reason
    return {
      detail: `${some(number, 'event')} in a day${reason ? `, the newest: '${reason}'` : ''}`,
      since: Math.min(...counts.map(({ hour }) => hour)) * hourMs,
    }
  },
}

const isCurrency = (currency: unknown) => typeof currency === 'string' && currencies.has(currency)
const inWords = ({ currency }: ListedEvent) => (currency === undefined ? 'none' : `"${String(currency)}"`)

function withGuess(name: string): string {
  const standard = [...standardEvents].find((one) => one.toLowerCase() === name.toLowerCase())
  const likely = standard ?? suggest(name, [...standardEvents])
  return likely === undefined ? name : `${name} (did you mean ${likely}?)`
}

export const instanceChecks: Checks<InstanceFacts> = {
  domain_not_registered({ rejectedSamples, names, now }) {
    const unknown = rejectedSamples.filter(
      ({ reason, site, at }) => reason === 'unknown_site' && at > now - dayMs && !names.includes(site),
    )
    const claimed = [...new Set(unknown.map(({ site }) => site))]
    return claimed.length === 0 ? undefined : { detail: claimed.slice(0, 3).join(', ') }
  },
  private_ip_seen({ owner }) {
    if (!owner || owner.isPublic || owner.address === '' || isNear(owner.host)) return undefined
    return { detail: `we see you as ${owner.address}` }
  },
  dashboard_exposed: ({ host, apart }) =>
    apart || host === 'localhost' || host === '::1' || host.startsWith('127.') ? undefined : { detail: host },
}

/** Names and addresses of a machine or its own network: there a private address is the right one. */
const isNear = (host: string) =>
  !host.includes('.') ||
  /(^|\.)(localhost|local|lan|home|internal)$/.test(host) ||
  /^(127|10|192\.168|172\.(1[6-9]|2\d|3[01])|169\.254)\./.test(host)
