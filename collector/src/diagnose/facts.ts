/** Gathers what the checks look at: a site's newest events, its counts of a week, its connections and queue. */

import { scopeText } from '../config/schema.js'
import type { HashedEvent } from '../event.js'
import type { SiteConfig, SiteRegistry } from '../sites/registry.js'
import type { Records } from '../store/records.js'
import type { HourCount, ListedEvent, Pause, Reports } from '../store/reports.js'
import type { Attempt, Queue, Store } from '../store/store.js'
import { dayMs, hourMs } from '../time.js'
import type { VendorKind } from '../vendors/vendor.js'
import { readVerifyReport, type VerifyReport, verifyRecordId } from './verify-report.js'

export interface Sources {
  store: Pick<Records, 'record'> & Reports & Pick<Store, 'queues'>
  siteRegistry: Pick<SiteRegistry, 'sites'>
  kinds: readonly VendorKind[]
  settings: ReadonlyMap<string, { value: string; from: string }>
  version: string
  clock: () => number
}

export type RejectedSample = Awaited<ReturnType<Reports['rejectedSamples']>>[number]

export interface SiteFacts {
  /** Unix milliseconds. */
  now: number
  version: string
  site: SiteConfig
  kinds: readonly VendorKind[]
  /** Of the last seven days. */
  hours: readonly HourCount[]
  /** The newest, at most 200, of whatever age; newest first. */
  events: readonly ListedEvent[]
  /** A few of the accepted ones, whole. */
  samples: readonly Pick<HashedEvent, 'event' | 'page' | 'properties'>[]
  /** Of this site. */
  pauses: readonly Pause[]
  queues: readonly Queue[]
  rejectedSamples: readonly RejectedSample[]
  /** By vendor. */
  lastAttempts: ReadonlyMap<string, Attempt>
  /** What the script said last, if it was asked within a week. */
  report?: VerifyReport
  /** The site's own, else TAGFERRY_LDU_SCOPE. */
  scope: string
}

export interface InstanceFacts {
  now: number
  /** Domains and aliases that there are. */
  names: readonly string[]
  rejectedSamples: readonly RejectedSample[]
  /** TAGFERRY_HOST. */
  host: string
  /** The dashboard has a listener of its own. */
  apart: boolean
  /** Whoever looks at the dashboard. */
  owner?: Owner
}

export interface Owner {
  /** As the collector sees it; '' where it sees none. */
  address: string
  /** It can be placed on a map. */
  isPublic: boolean
  /** Host name under which the owner's browser reaches the collector. */
  host: string
}

const newest = 200
const sampled = 5
/** Events that are about products. */
export const productEvents: ReadonlySet<string> = new Set([
  'ViewContent',
  'AddToCart',
  'InitiateCheckout',
  'Purchase',
  'CompletePayment',
])

export async function gatherSite(sources: Sources, site: SiteConfig): Promise<SiteFacts> {
  const { store, kinds, version, settings, clock } = sources
  const now = clock()
  const { domain } = site
  const thisHour = Math.floor(now / hourMs)
  const [hours, page, pauses, queues, rejectedSamples, record, attempts] = await Promise.all([
    store.hours({ site: domain, from: thisHour - 7 * 24, to: thisHour }),
    store.events({ site: domain, limit: newest }),
    store.pauses(),
    store.queues(),
    store.rejectedSamples(),
    store.record('setting', verifyRecordId(domain)),
    Promise.all(kinds.map(({ name: vendor }) => store.lastAttempt({ site: domain, vendor }))),
  ])
  const accepted = page.events.filter(({ skipReason }) => skipReason === undefined)
  const products = accepted.filter(({ event }) => productEvents.has(event))
  const chosen = (products.length > 0 ? products : accepted).slice(0, sampled)
  const details = await Promise.all(chosen.map(({ id }) => store.event(id)))
  const report = readVerifyReport(record?.body)
  return {
    now,
    version,
    site,
    kinds,
    hours,
    events: page.events,
    samples: details.flatMap((detail) => detail?.stored ?? []),
    pauses: pauses.filter((pause) => pause.site === domain),
    queues: queues.filter((queue) => queue.site === domain),
    rejectedSamples,
    lastAttempts: new Map(kinds.flatMap(({ name }, at) => (attempts[at] ? [[name, attempts[at]]] : []))),
    ...(report && report.at > now - 7 * dayMs && { report }),
    scope: site.lduScope ? scopeText(site.lduScope) : (settings.get('TAGFERRY_LDU_SCOPE')?.value ?? ''),
  }
}

export async function gatherInstance(sources: Sources, owner?: Owner): Promise<InstanceFacts> {
  const { store, siteRegistry, settings, clock } = sources
  return {
    now: clock(),
    names: siteRegistry.sites().flatMap(({ domain, aliases }) => [domain, ...aliases]),
    rejectedSamples: await store.rejectedSamples(),
    host: settings.get('TAGFERRY_HOST')?.value ?? '',
    apart: (settings.get('TAGFERRY_ADMIN_LISTEN')?.value ?? '') !== '',
    ...(owner && { owner }),
  }
}
