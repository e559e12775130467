/** What an event needs beside its body: site, ids, times, click id, visitor. Says why one is not to be sent. */
import {
  currentName,
  type EnrichedEvent,
  type Event,
  type Page,
  type RequestContext,
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
export function enrich(event: Event, domain: string, context: RequestContext, deps: EnrichDeps): Enriched {
  const site = deps.sites.find(domain)
  const name = site ? currentName(event.event, site.keepLegacyNames) : event.event
  const eventId = event.event_id || deps.newId()
  const arrivedAt = Math.floor(context.receivedAt / 1000)
  const eventTime = Math.min(event.event_time ?? arrivedAt, arrivedAt)
  const skip = (reason: SkipReason): Enriched => ({ skip: reason, event: name, eventId, eventTime, site })

  if (!site) return skip('unknown_site')
  if (!mayPost(site, context, deps.sites)) return skip('origin_not_allowed')
  if (site.paused) return skip('site_paused')
  const vendors = site.vendors.filter((vendor) => vendor.enabled).map((vendor) => vendor.name)
  if (vendors.length === 0) return skip(site.vendors.length === 0 ? 'no_connection' : 'vendor_disabled')
  const consent = event.privacy?.consent
  if (consent === 'denied' || (site.consentRequired && consent !== 'granted')) return skip('consent')
  const visitor = visitorOf(event, context)
  if (isBot(visitor.userAgent)) return skip('bot')

  const user = event.user ?? {}
  const page = pageOf(event, site, context, deps)
  const landed = clickIdOf(page?.url)
  const ttclid = landed ?? validClickId(user.ttclid) ?? context.cookies.clickId
  const ttp = validTtp(user.ttp) ?? validTtp(context.cookies.ttp)
  return {
    event: {
      site,
      source: context.source,
      event: name,
      eventId,
      eventTime,
      receivedAt: context.receivedAt,
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
function mayPost(site: Site, context: RequestContext, sites: Sites): boolean {
  if (context.source === 'server') return true
  if (context.originHost === null) return context.siteKey === site.siteKey
  return context.originHost !== undefined && sites.allows(site, context.originHost)
}

/** A server's own address and agent are never taken for the visitor's. */
function visitorOf(event: Event, context: RequestContext): Visitor {
  const [ip, userAgent] =
    context.source === 'server' ? [event.user?.ip, event.user?.user_agent] : [context.ip, context.userAgent]
  const visitor: Visitor = {}
  const address = cleanAddress(ip)
  if (address) visitor.ip = address
  if (userAgent) visitor.userAgent = userAgent
  return visitor
}

function pageOf(
  event: Event,
  site: Site,
  context: RequestContext,
  { sites, parameters }: EnrichDeps,
): Page | undefined {
  let url = cleanUrl(event.page?.url, parameters)
  if (!url && context.source === 'browser' && context.referer) {
    const host = hostOf(context.referer)
    if (host && sites.allows(site, host)) url = cleanUrl(context.referer, parameters)
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
