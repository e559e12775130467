/** Gathers the facts that the checks use: events, hourly counts, connections and queues of a site. */
import { scopeText } from '../config/parsers.js'
import type { HashedEvent } from '../event.js'
import { namesOf } from '../sites/hosts.js'
import type { SiteConfig, SiteRegistry } from '../sites/registry.js'
import type { CountedProblem, InputProblems } from '../store/input-problems.js'
import type { Records } from '../store/records.js'
import type { HourCount, ListedEvent, Pause, Reports } from '../store/reports.js'
import type { Attempt, Queue, Store } from '../store/store.js'
import { dayMs, hourMs } from '../time.js'
import type { VendorKind } from '../vendors/vendor.js'
import { readVerifyReport, type VerifyReport, verifyRecordId } from './verify-report.js'

export interface Sources {
  store: Pick<Records, 'record'> & Reports & InputProblems & Pick<Store, 'queues'>
  siteRegistry: Pick<SiteRegistry, 'sites'>
  kinds: readonly VendorKind[]
  /** By variable name. */
  settings: ReadonlyMap<string, { value: string; from: string }>
  version: string
  /** Unix milliseconds. */
  clock: () => number
}

export type RejectedSample = Awaited<ReturnType<Reports['rejectedSamples']>>[number]

export interface SiteFacts {
  /** Unix milliseconds. */
  now: number
  version: string
  site: SiteConfig
  kinds: readonly VendorKind[]
  /** Counts of the last seven days. */
  hours: readonly HourCount[]
  /** The newest 200 events of whatever age, newest first. */
  events: readonly ListedEvent[]
  /** A few accepted events with their content, newest first. */
  samples: readonly Pick<HashedEvent, 'event' | 'page' | 'properties'>[]
  /** Of this site. */
  pauses: readonly Pause[]
  /** Of this site. */
  queues: readonly Queue[]
  /** Of all sites. */
  rejectedSamples: readonly RejectedSample[]
  /** Of this site and the last day, the newest first. */
  inputProblems: readonly CountedProblem[]
  /** By vendor. */
  lastAttempts: ReadonlyMap<string, Attempt>
  /** The last report of the script about its page, if it is at most a week old. */
  report?: VerifyReport
  /** The site's own scope of Limited Data Use, else TAGFERRY_LDU_SCOPE. */
  lduScope: string
}

export interface InstanceFacts {
  /** Unix milliseconds. */
  now: number
  /** Domains and aliases of all sites. */
  names: readonly string[]
  rejectedSamples: readonly RejectedSample[]
  /** Of requests that named no known site, of the last day, the newest first. */
  inputProblems: readonly CountedProblem[]
  /** TAGFERRY_HOST. */
  host: string
  /** Whether TAGFERRY_ADMIN_LISTEN gives the dashboard a listener of its own. */
  separateAdminListener: boolean
  /** Absent on the command line. */
  owner?: Owner
}

/** The connection of the browser that shows the dashboard. */
export interface Owner {
  /** As the collector sees it; '' if it sees none. */
  address: string
  isPublic: boolean
  /** Host name under which the browser reaches the collector. */
  host: string
}

const maxEvents = 200
const maxSamples = 5

/** Events that should name a product. */
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
  const [hours, { events }, pauses, queues, rejectedSamples, inputProblems, record, attempts] =
    await Promise.all([
      store.hours({ site: domain, from: thisHour - 7 * 24, to: thisHour }),
      store.events({ site: domain, limit: maxEvents }),
      store.pauses(),
      store.queues(),
      store.rejectedSamples(),
      store.inputProblems({ site: domain, from: thisHour - 24 }),
      store.record('setting', verifyRecordId(domain)),
      Promise.all(kinds.map(({ name: vendor }) => store.lastAttempt({ site: domain, vendor }))),
    ])
  const report = readVerifyReport(record?.body)
  return {
    now,
    version,
    site,
    kinds,
    hours,
    events,
    samples: await gatherSamples(store, events),
    pauses: pauses.filter((pause) => pause.site === domain),
    queues: queues.filter((queue) => queue.site === domain),
    rejectedSamples,
    inputProblems,
    lastAttempts: new Map(
      kinds.flatMap(({ name }, index) => (attempts[index] ? [[name, attempts[index]]] : [])),
    ),
    ...(report && report.at > now - 7 * dayMs && { report }),
    lduScope: site.lduScope ? scopeText(site.lduScope) : (settings.get('TAGFERRY_LDU_SCOPE')?.value ?? ''),
  }
}

/** Prefers events about products. */
async function gatherSamples(
  store: Pick<Reports, 'event'>,
  events: readonly ListedEvent[],
): Promise<SiteFacts['samples']> {
  const accepted = events.filter(({ skipReason }) => skipReason === undefined)
  const ofProducts = accepted.filter(({ event }) => productEvents.has(event))
  const chosen = (ofProducts.length > 0 ? ofProducts : accepted).slice(0, maxSamples)
  const details = await Promise.all(chosen.map(({ id }) => store.event(id)))
  return details.flatMap((detail) => detail?.stored ?? [])
}

export async function gatherInstance(sources: Sources, owner?: Owner): Promise<InstanceFacts> {
  const { store, siteRegistry, settings, clock } = sources
  const now = clock()
  const from = Math.floor(now / hourMs) - 24
  return {
    now,
    names: siteRegistry.sites().flatMap(namesOf),
    rejectedSamples: await store.rejectedSamples(),
    inputProblems: await store.inputProblems({ site: '', from }),
    host: settings.get('TAGFERRY_HOST')?.value ?? '',
    separateAdminListener: (settings.get('TAGFERRY_ADMIN_LISTEN')?.value ?? '') !== '',
    ...(owner && { owner }),
  }
}
