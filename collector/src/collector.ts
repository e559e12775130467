/** The house put together: opens the store, builds the app, starts the relay, and takes all down again. */
import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { createAdminApp, createApp } from './app.js'
import type { Config } from './config/config.js'
import { loadKeyring } from './config/keyring.js'
import { openDashboard } from './dashboard/open.js'
import type { SendResult } from './dashboard/pages/services.js'
import type { RequestContext } from './event.js'
import { type Listener, serve } from './http/listen.js'
import { createLimiter } from './http/rate-limit.js'
import { createIntake, type Intake, validateBody } from './intake/pipeline.js'
import type { Problem } from './intake/problem.js'
import type { Log } from './log.js'
import { createMetrics } from './metrics.js'
import { openRegion } from './region/region.js'
import { startRelay } from './relay/relay.js'
import { startRetention } from './relay/retention.js'
import type { Connection } from './relay/worker.js'
import { watchConfig } from './sites/config-watcher.js'
import { createSites } from './sites/hosts.js'
import { openSiteRegistry, type SiteRegistry, toSite } from './sites/registry.js'
import { openStore } from './store/open.js'
import type { Outbox } from './store/outbox.js'
import { StoreUnavailable } from './store/store.js'
import type { VendorKind } from './vendors/vendor.js'
import { createVerification } from './verification/handshake.js'

export interface CollectorDeps {
  version: string
  /** Vendors of the house; a test may add one. */
  kinds: readonly VendorKind[]
  /** Where the parts that are not code lie. */
  places: { migrations: string; data: string; scripts: string; statics: string; sqliteWorker: URL }
  clock: () => number
  random: () => number
  log: Log
}

export interface Collector {
  /** Where it listens, such as `http://127.0.0.1:8787`. */
  url: string
  /** Where the dashboard is; the same unless TAGFERRY_ADMIN_LISTEN moves it. */
  adminUrl: string
  /** The one-time set-up link, while there is no password. */
  setupLink: string | undefined
  store: Outbox
  /** Resolves with the reason when the store can no longer be trusted: the process should end. */
  broken: Promise<string>
  /** Takes no more requests, lets those in flight end, closes the store. */
  stop(): Promise<void>
}

/** How long a click id counts, in days: past TikTok's longest click window, 28. */
const clickDays = 30

/** Milliseconds that go on though somebody sets the clock. */
const uptime = () => performance.now()

/** Rejects with a sentence for the owner when the store cannot be opened or the port cannot be had. */
export async function startCollector(config: Config, deps: CollectorDeps): Promise<Collector> {
  const secret = loadKeyring(config.secret, config.dataDir)
  let onBroken = (_reason: string) => {}
  const broken = new Promise<string>((resolve) => {
    onBroken = resolve
  })
  const store = await openStore(config, secret, { ...deps, onBroken })
  try {
    return await startOn(store, broken, config, deps)
  } catch (error) {
    // The process will end, and must not do so in the middle of a call of SQLite; it may be closed already.
    await store.close().catch(() => {})
    throw error
  }
}

async function startOn(
  store: Outbox,
  broken: Promise<string>,
  config: Config,
  deps: CollectorDeps,
): Promise<Collector> {
  const { clock, random, log, places } = deps
  const region = await openRegion(config, join(places.data, 'us-states.bin.br'), deps)
  const vendors = new Map(deps.kinds.map((kind) => [kind.name, kind.create(config.vendors, clock)]))
  const siteRegistry = await openSiteRegistry({ config, store, kinds: deps.kinds, vendors })
  const sites = createSites(siteRegistry.sites().map(toSite))
  const metrics = createMetrics({
    store,
    regionAge: () => region.about(clock())?.ageMonths,
    clock,
    version: deps.version,
  })
  const relay = startRelay({ store, vendors, clock, uptime, random, log, metrics })
  const apply = async () => {
    await siteRegistry.refresh()
    sites.replace(siteRegistry.sites().map(toSite))
    relay.connect(activeConnections(siteRegistry))
  }
  relay.connect(activeConnections(siteRegistry))
  const endFollowing = watchConfig({
    store,
    apply,
    keys: () => loadKeyring(config.secret, config.dataDir),
    used: siteRegistry.noteUse,
    clock,
  })
  const onBug = (error: unknown) =>
    log.error({ error: error instanceof Error ? error.stack : String(error) }, 'bug')
  const intake = createIntake({
    store,
    metrics,
    sites,
    locate: region.locate,
    privacy: { scope: config.lduScope, unknown: config.lduUnknown },
    parameters: { strip: config.stripParameters, keep: config.keepParameters },
    newId: randomUUID,
    stored: relay.wake,
  })
  const verification = createVerification(store)
  const limiter = config.rateLimit === 'off' ? undefined : createLimiter(config.rateLimit)
  const stopping = new AbortController()
  const send = (site: string, event: unknown) => sendOne(intake, site, event, clock())
  const { version, kinds } = deps
  const admin = await openDashboard(config, {
    services: {
      version,
      clock,
      siteRegistry,
      store,
      kinds,
      vendors,
      apply,
      verification,
      check: checkOne,
      send,
    },
    places,
    stopping: stopping.signal,
    onBug,
  })
  const inside = { metrics, dashboard: admin }
  const app = createApp({
    collect: {
      intake,
      sites,
      limiter,
      siteOfKey: siteRegistry.siteOfKey,
      clickDays,
      clock,
    },
    health: {
      store,
      clock,
      region: region.about,
      notReady: () =>
        stopping.signal.aborted ? 'draining' : relay.isRunning() ? undefined : 'the relay does not run',
    },
    ...(!config.adminListen && { inside }),
    verify: { verification, limiter, clock },
    scripts: places.scripts,
    trustProxy: config.trustProxy,
    onBug,
  })
  const endRetention = startRetention({ store, days: config.retentionDays, clock, log })
  const listeners: Listener[] = []
  const stop = async () => {
    stopping.abort()
    endRetention()
    endFollowing()
    await Promise.all([...listeners.map((listener) => listener.close()), relay.stop()])
    await Promise.all([...vendors.values()].map((vendor) => vendor.close()))
    await store.close()
    region.close()
  }
  try {
    listeners.push(await serve(app, config, 'TAGFERRY_PORT'))
    if (config.adminListen) {
      const own = createAdminApp({ ...inside, trustProxy: config.trustProxy, onBug })
      listeners.push(await serve(own, config.adminListen, 'TAGFERRY_ADMIN_LISTEN'))
    }
  } catch (error) {
    await stop()
    throw error
  }
  const adminUrl = listeners.at(-1)?.url ?? ''
  return {
    url: listeners[0]?.url ?? '',
    adminUrl,
    setupLink: await admin.setupLink(adminUrl),
    store,
    broken,
    stop,
  }
}

const told = ({ path, problem }: Problem) => `${path}: ${problem}.`

/** What an answer 400 would say of it. */
function checkOne(site: string, event: unknown): string[] {
  const valid = validateBody({ site, events: [event] }, true, 'server')
  return valid.ok ? [] : valid.problems.map(told)
}

/** An event that the owner has written, the way of all others: as if the site's server had sent it. */
async function sendOne(intake: Intake, site: string, event: unknown, receivedAt: number): Promise<SendResult> {
  const cookies = { optOut: false }
  const context: RequestContext = { source: 'server', receivedAt, keySite: site, gpc: false, cookies }
  try {
    const result = await intake({ site, events: [event] }, true, context)
    if (result.status === 202) {
      const { ids, skipped } = result.answer
      return { ids, ...(skipped[0] && { skipped: skipped[0].reason }) }
    }
    if (result.status === 400) return { problems: result.problems.map(told) }
  } catch (error) {
    if (!(error instanceof StoreUnavailable)) throw error
  }
  return { problems: ['The event could not be stored now. Try again.'] }
}

/** What may be sent now. A vendor or a site that is switched off holds what is queued: nothing is sent or dropped. */
function activeConnections(siteRegistry: SiteRegistry): Connection[] {
  return siteRegistry.sites().flatMap((site) =>
    site.connections.flatMap(({ vendor, enabled, fingerprint }): Connection[] => {
      const credentials = siteRegistry.credentials(site.domain, vendor)
      if (site.paused || !enabled || credentials === undefined) return []
      return [{ site: site.domain, vendor, fingerprint, credentials }]
    }),
  )
}
