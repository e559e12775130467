/** What an event needs beside its body: site, ids, times, click id, visitor. Says why one is not to be sent. */
import {
  type Arrival,
  currentName,
  type EnrichedEvent,
  type Event,
  type Page,
  type Site,
  type SkipReason,
  type Visitor,
} from '../event.js'
import { cleanAddress } from '../http/client-ip.js'
import { hostOf, type Sites } from '../sites/hosts.js'
import { isBot } from './bots.js'
import { validClickId, validTtp } from './click-id.js'
import { cleanUrl, type ParameterLists } from './redact-url.js'

export type Enriched =
  | { skip?: undefined; event: EnrichedEvent }
  | { skip: SkipReason; event: string; eventId: string; eventTime: number; site: Site | undefined }

export interface EnrichDeps {
  sites: Sites
  /** Parameters of page addresses that the owner takes out or keeps. */
  parameters?: ParameterLists | undefined
  /** Makes an id for an event that came without one. */
  newId: () => string
}

/** Fills in what is absent; the first reason not to send ends it. */
export function enrich(event: Event, domain: string, arrival: Arrival, deps: EnrichDeps): Enriched {
  const site = deps.sites.find(domain)
  const name = site ? currentName(event.event, site.keepLegacyNames) : event.event
  const eventId = event.event_id || deps.newId()
  const arrivedAt = Math.floor(arrival.receivedAt / 1000)
  const eventTime = Math.min(event.event_time ?? arrivedAt, arrivedAt)
  const skip = (reason: SkipReason): Enriched => ({ skip: reason, event: name, eventId, eventTime, site })

  if (!site) return skip('unknown_site')
  if (!mayPost(site, arrival, deps.sites)) return skip('origin_not_allowed')
  if (site.paused) return skip('site_paused')
  const vendors = site.vendors.filter((vendor) => vendor.enabled).map((vendor) => vendor.name)
  if (vendors.length === 0) return skip(site.vendors.length === 0 ? 'no_connection' : 'vendor_disabled')
  const consent = event.privacy?.consent
  if (consent === 'denied' || (site.consentRequired && consent !== 'granted')) return skip('consent')
  const visitor = visitorOf(event, arrival)
  if (isBot(visitor.userAgent)) return skip('bot')

  const user = event.user ?? {}
  const page = pageOf(event, site, arrival, deps)
  const landed = clickIdOf(page?.url)
  const ttclid = landed ?? validClickId(user.ttclid) ?? arrival.cookies.clickId
  const ttp = validTtp(user.ttp) ?? validTtp(arrival.cookies.ttp)
  return {
    event: {
      site,
      source: arrival.source,
      event: name,
      eventId,
      eventTime,
      receivedAt: arrival.receivedAt,
      user,
      ttclid,
      ttp,
      visitor,
      landing: landed !== undefined,
      page,
      properties: event.properties,
      privacy: event.privacy ?? {},
      vendors,
    },
  }
}

/** A server speaks for the site of its key (checked before); a browser for the site of its page. */
function mayPost(site: Site, arrival: Arrival, sites: Sites): boolean {
  if (arrival.source === 'server') return true
  if (arrival.originHost === null) return arrival.siteKey === site.siteKey
  return arrival.originHost !== undefined && sites.allows(site, arrival.originHost)
}

/** A server's own address and agent are never taken for the visitor's. */
function visitorOf(event: Event, arrival: Arrival): Visitor {
  const [ip, userAgent] =
    arrival.source === 'server' ? [event.user?.ip, event.user?.user_agent] : [arrival.ip, arrival.userAgent]
  const visitor: Visitor = {}
  const address = cleanAddress(ip)
  if (address) visitor.ip = address
  if (userAgent) visitor.userAgent = userAgent
  return visitor
}

function pageOf(
  event: Event,
  site: Site,
  arrival: Arrival,
  { sites, parameters }: EnrichDeps,
): Page | undefined {
  let url = cleanUrl(event.page?.url, parameters)
  if (!url && arrival.source === 'browser' && arrival.referer) {
    const host = hostOf(arrival.referer)
    if (host && sites.allows(site, host)) url = cleanUrl(arrival.referer, parameters)
  }
  if (!url) return undefined
  const referrer = cleanUrl(event.page?.referrer, parameters)
  return referrer ? { url, referrer } : { url }
}

/** The click id in a landing address. */
function clickIdOf(url: string | undefined): string | undefined {
  const found = url?.includes('ttclid=') ? /[?&#]ttclid=([^&#]*)/.exec(url) : null
  if (!found?.[1]) return undefined
  try {
    return validClickId(decodeURIComponent(found[1]))
  } catch {
    return undefined
  }
}
