/** Adds site, ids, times, click id and visitor to an event, or gives the reason not to send it. */
import { type ClickIdTable, type ClickIdValues, clickIds } from '../click-ids.js'
import {
  currentName,
  type EnrichedEvent,
  type Event,
  maxEventAgeMs,
  type Page,
  type RequestContext,
  type Site,
  type SkipReason,
  type Visitor,
} from '../event.js'
import { publicAddress } from '../http/client-ip.js'
import { hostOf, type Sites } from '../sites/hosts.js'
import { isBotEvent } from './bots.js'
import { clickIdIn, firstValid } from './click-id.js'

import { eventIdOf, withoutGid } from './event-id.js'
import { clockShift } from './event-time.js'
import { absoluteUrl } from './page-url.js'
import { isPlaceholder } from './placeholder.js'

import { type ParameterLists, redactUrl } from './redact-url.js'
import type { ValidBody } from './validate.js'
import type { Warn } from './warning.js'

export type Enriched = { kind: 'accepted'; event: EnrichedEvent } | ({ kind: 'skipped' } & Skipped)

/** An event that is not sent. */
export interface Skipped {
  reason: SkipReason
  /** Name after renaming. */
  event: string
  eventId: string
  /** Unix seconds. */
  eventTime: number
  /** Absent for `unknown_site`. */
  site: Site | undefined
}

/** What the body says about all of its events. */
export type SiteClaim = Pick<ValidBody, 'site' | 'siteKey' | 'sentAt'>

export interface EnrichDeps {
  /** Click ids that are read; those of the vendors by default. */
  clickIds?: ClickIdTable | undefined
  sites: Sites
  /** Parameters of page addresses that the owner removes or keeps. */
  parameters?: ParameterLists | undefined
  /** Makes the id of an event that has none. */
  newId: () => string
}

/** Fills in what is absent. The first reason not to send ends the work. */
export function enrich(
  event: Event,
  claim: SiteClaim,
  context: RequestContext,
  deps: EnrichDeps,
  warn: Warn,
): Enriched {
  const { source, receivedAt, cookies } = context
  const site = deps.sites.resolve(claim.site)
  const name = site ? currentName(event.event, site.keepLegacyNames) : event.event
  const eventId = eventIdOf(event, name, deps.newId, warn)
  const eventTime = eventTimeOf(event, claim, context, warn)
  const skip = (reason: SkipReason): Enriched => {
    return { kind: 'skipped', reason, event: name, eventId, eventTime, site }
  }

  if (!site) return skip('unknown_site')
  const visitor = visitorOf(event, context)
  const vendors = site.vendors.filter((vendor) => vendor.enabled).map((vendor) => vendor.name)
  const reason = skipReason({ event, claim, site, visitor, vendors, eventTime }, context, deps.sites)
  if (reason) return skip(reason)

  const user = event.user ?? {}
  const page = pageOf(event, site, context, deps, warn)
  const table = deps.clickIds ?? clickIds
  const landing = landingIds(page?.url, table)
  const enriched: EnrichedEvent = {
    site,
    source,
    event: name,
    eventId,
    eventTime,
    receivedAt,
    user,
    clickIds: firstValid(table, landing, user, cookies.clickIds),
    visitor,
    landingKeys: table.map(({ key }) => key).filter((key) => landing[key] !== undefined),
    page,
    properties: propertiesOf(event),
    privacy: event.privacy ?? {},
    vendors,
  }
  if (event.unreadableSignal) enriched.unreadableSignal = true
  return { kind: 'accepted', event: enriched }
}

/** Clocks differ by less, and requests take less. */
const toleratedSeconds = 60

/** The time of the event in Unix seconds, by the collector's clock and not in the future. */
function eventTimeOf(
  { event_time: sentTime }: Event,
  { sentAt }: SiteClaim,
  { receivedAt }: RequestContext,
  warn: Warn,
): number {
  const received = Math.floor(receivedAt / 1_000)
  if (sentTime === undefined) return received
  const shift = clockShift(sentAt, receivedAt)
  if (shift !== 0)
    warn(
      'event_time',
      'event_time',
      `moved by ${shift / 60} minutes: sent_at differs from the time of arrival`,
    )
  const eventTime = sentTime + shift
  if (eventTime <= received) return eventTime
  if (eventTime > received + toleratedSeconds)
    warn('event_time', 'event_time', 'in the future: the time of arrival is used instead')
  return received
}

function propertiesOf({ properties }: Event): Event['properties'] {
  const orderId = properties?.order_id
  return orderId?.includes('gid://') ? { ...properties, order_id: withoutGid(orderId) } : properties
}

interface Candidate {
  event: Event
  claim: SiteClaim
  site: Site
  visitor: Visitor
  /** Enabled vendors. */
  vendors: readonly string[]
  eventTime: number
}

/** The first reason that applies. */
function skipReason(
  { event, claim, site, visitor, vendors, eventTime }: Candidate,
  context: RequestContext,
  sites: Sites,
): SkipReason | undefined {
  if (!maySendFor(site, claim, context, sites)) return 'origin_not_allowed'
  if (site.paused) return 'site_paused'
  if (site.vendors.length === 0) return 'no_connection'
  if (vendors.length === 0) return 'vendor_disabled'
  const consent = event.privacy?.consent
  if (consent === 'denied' || (site.consentRequired && consent !== 'granted')) return 'consent'
  if (isBotEvent(event, context.source, visitor.userAgent)) return 'bot'
  return context.receivedAt - eventTime * 1_000 > maxEventAgeMs ? 'too_old' : undefined
}

/** A server sends for the site of its key, which was checked before; a browser for the site of its page. */
function maySendFor(site: Site, { siteKey }: SiteClaim, context: RequestContext, sites: Sites): boolean {
  if (context.source === 'server') return true
  if (context.originHost === null) return siteKey === site.siteKey
  return context.originHost !== undefined && sites.allows(site, context.originHost)
}

/** Address and user agent of a server's connection are never the visitor's. */
function visitorOf(event: Event, context: RequestContext): Visitor {
  const [ip, userAgent] =
    context.source === 'server' ? [event.user?.ip, event.user?.user_agent] : [context.ip, context.userAgent]
  const visitor: Visitor = {}
  const address = publicAddress(ip)
  if (address) visitor.ip = address
  if (userAgent && !isPlaceholder(userAgent)) visitor.userAgent = userAgent
  return visitor
}

/** The page of the event, else the Referer if it is a page of the site. */
function pageOf(
  event: Event,
  site: Site,
  context: RequestContext,
  { sites, parameters }: EnrichDeps,
  warn: Warn,
): Page | undefined {
  const addressOf = (field: 'url' | 'referrer') => {
    const sent = event.page?.[field]?.trim()
    const address = redactUrl(absoluteUrl(sent, site, sites), parameters)
    if (sent && address === undefined) warn('page_url', `page.${field}`, 'left out: no address of a web page')
    return address
  }
  let url = addressOf('url')
  if (!url && context.source === 'browser' && context.referer) {
    const host = hostOf(context.referer)
    if (host && sites.allows(site, host)) url = redactUrl(context.referer, parameters)
  }
  if (!url) {
    if (event.page?.referrer?.trim())
      warn('page_url', 'page.referrer', 'left out: no vendor takes it without page.url')
    return undefined
  }
  const referrer = addressOf('referrer')
  return referrer ? { url, referrer } : { url }
}

/** The click ids in the address of a landing page. */
export function landingIds(url: string | undefined, table: ClickIdTable): ClickIdValues {
  const ids: ClickIdValues = {}
  for (const row of table) {
    const id = clickIdIn(row, url)
    if (id !== undefined) ids[row.key] = id
  }
  return ids
}
