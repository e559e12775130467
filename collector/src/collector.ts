/** Starts and stops the collector: opens its parts, connects them, and closes them again. */
import { join } from 'node:path'
import { createAdminApp, createApp } from './app.js'
import { type ClickIdTable, clickIds } from './click-ids.js'
import type { Config } from './config/config.js'
import { loadKeyring } from './config/keyring.js'
import { type Dashboard, openDashboard } from './dashboard/open.js'
import type { Site } from './event.js'
import { type Listener, listen } from './http/listen.js'
import { createLimiter } from './http/rate-limit.js'
import { createOwnerEvents } from './intake/owner-events.js'
import { createIntake, type Intake } from './intake/pipeline.js'
import { createProblemCounts, type ProblemCounter } from './intake/problem-counts.js'
import { createValidator, type ValidateBody } from './intake/validate.js'
import type { Log } from './log.js'
import { createMetrics, type Metrics } from './metrics.js'
import { openRegion, type Region } from './region/region.js'
import { storeTimes } from './relay/policy.js'
import { type Relay, startRelay } from './relay/relay.js'
import { startRetention } from './relay/retention.js'
import type { Connection } from './relay/worker.js'
import { watchConfig } from './sites/config-watcher.js'
import { createSites, type Sites } from './sites/hosts.js'
import { openSiteRegistry, type SiteRegistry, toSite } from './sites/registry.js'
import { openStore } from './store/open.js'
import type { Outbox } from './store/outbox.js'
import type { Vendor, VendorKind } from './vendors/vendor.js'
import { createVerification } from './verification/handshake.js'

export interface CollectorDeps {
  version: string
  /** The vendors that can be configured; a test may add one. */
  kinds: readonly VendorKind[]
  /** Click ids of the vendors; a test may add rows. */
  clickIds?: ClickIdTable
  /** Folders and files that the build does not put into the code. */
  places: { migrations: string; data: string; scripts: string; statics: string; sqliteWorker: URL }
  /** Unix milliseconds. */
  clock: () => number
  /** Monotonic milliseconds, whatever happens to the clock. */
  uptime: () => number
  /** From 0 to 1. */
  random: () => number
  /** A new UUID. */
  newId: () => string
  log: Log
}

export interface Collector {
  /** Where it listens, such as `http://127.0.0.1:8787`. */
  url: string
  /** Where the dashboard is; the same unless TAGFERRY_ADMIN_LISTEN moves it. */
  adminUrl: string
  /** The one-time setup link, while there is no password. */
  setupLink: string | undefined
  store: Outbox
  /** Resolves with the reason when the store can no longer be trusted: the process should end. */
  broken: Promise<string>
  /** Accepts no more requests, lets those in flight end, closes the store. */
  stop(): Promise<void>
}

/** What is open while the collector runs. */
interface Parts {
  config: Config
  deps: CollectorDeps
  store: Outbox
  region: Region
  vendors: ReadonlyMap<string, Vendor>
  siteRegistry: SiteRegistry
  sites: Sites
  metrics: Metrics
  findings: ProblemCounter
  onBug: (error: unknown) => void
}

/** What runs beside the requests. */
interface Background {
  relay: Relay
  /** Applies changed sites and connections. */
  apply: () => Promise<void>
  stop: () => Promise<void>
}

type App = ReturnType<typeof createApp>

interface Apps {
  app: App
  /** Absent unless TAGFERRY_ADMIN_LISTEN is set. */
  adminApp: App | undefined
  dashboard: Dashboard
}

/** How long a click id is stored, in days: longer than TikTok's longest click window, 28. */
const clickDays = 30

/** Rejects with a sentence for the owner when the store cannot be opened or the port is not available. */
export async function startCollector(config: Config, deps: CollectorDeps): Promise<Collector> {
  const keyring = loadKeyring(config.secret, config.dataDir)
  let onBroken = (_reason: string) => {}
  const broken = new Promise<string>((resolve) => {
    onBroken = resolve
  })
  const store = await openStore(config, keyring, { ...deps, storeTimes, onBroken })
  try {
    return await startOn(store, broken, config, deps)
  } catch (error) {
    // The process must not exit during a call of SQLite. The store may be closed already.
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
  const parts = await openParts(store, config, deps)
  const background = startBackground(parts)
  const stopping = new AbortController()
  const listeners: Listener[] = []
  const stop = async () => {
    stopping.abort()
    await Promise.all([...listeners.map((listener) => listener.close()), background.stop()])
    await closeParts(parts)
  }
  try {
    const { app, adminApp, dashboard } = await createApps(parts, background, stopping.signal)
    listeners.push(await listen(app, config, 'TAGFERRY_PORT'))
    if (adminApp && config.adminListen)
      listeners.push(await listen(adminApp, config.adminListen, 'TAGFERRY_ADMIN_LISTEN'))
    const adminUrl = listeners.at(-1)?.url ?? ''
    const setupLink = await dashboard.setupLink(adminUrl)
    return { url: listeners[0]?.url ?? '', adminUrl, setupLink, store, broken, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

async function openParts(store: Outbox, config: Config, deps: CollectorDeps): Promise<Parts> {
  const { kinds, places, clock, log, version } = deps
  const region = await openRegion(config, join(places.data, 'us-states.bin.br'), deps)
  const vendors = new Map(kinds.map((kind) => [kind.name, kind.create(config.vendors, clock)]))
  const siteRegistry = await openSiteRegistry({ config, store, kinds, vendors })
  const regionAge = () => region.about(clock())?.ageMonths
  const metrics = createMetrics({ store, regionAge, clock, version })
  return {
    config,
    deps,
    store,
    region,
    vendors,
    siteRegistry,
    sites: createSites(sitesOf(siteRegistry, kinds)),
    metrics,
    findings: createProblemCounts({ store, metrics, clock, log }),
    onBug: (error) => log.error({ error: error instanceof Error ? error.stack : String(error) }, 'bug'),
  }
}

async function closeParts({ vendors, store, region, findings }: Parts): Promise<void> {
  await findings.stop()
  await Promise.all([...vendors.values()].map((vendor) => vendor.close()))
  await store.close()
  region.close()
}

function startBackground({ config, deps, store, vendors, siteRegistry, sites, metrics }: Parts): Background {
  const { clock, uptime, random, log } = deps
  const relay = startRelay({ store, vendors, clock, uptime, random, log, metrics })
  relay.connect(activeConnections(siteRegistry))
  const apply = async () => {
    await siteRegistry.refresh()
    sites.replace(sitesOf(siteRegistry, deps.kinds))
    relay.connect(activeConnections(siteRegistry))
  }
  const stopWatching = watchConfig({
    store,
    apply,
    loadKeys: () => loadKeyring(config.secret, config.dataDir),
    recordKeyUse: siteRegistry.recordKeyUse,
    clock,
  })
  const stopRetention = startRetention({ store, days: config.retentionDays, clock, log })
  return {
    relay,
    apply,
    stop() {
      stopRetention()
      stopWatching()
      return relay.stop()
    },
  }
}

async function createApps(parts: Parts, background: Background, stopping: AbortSignal): Promise<Apps> {
  const { config, deps, store, region, siteRegistry, sites, metrics, onBug } = parts
  const { clock, places } = deps
  const { trustProxy, rateLimit, adminListen } = config
  const { relay } = background
  const validateBody = createValidator(deps.clickIds ?? clickIds)
  const intake = createCollectorIntake(parts, relay, validateBody)
  const verification = createVerification(store)
  const limiter = rateLimit === 'off' ? undefined : createLimiter(rateLimit)
  const dashboard = await openDashboard(config, {
    services: {
      version: deps.version,
      clock,
      siteRegistry,
      store,
      kinds: deps.kinds,
      vendors: parts.vendors,
      apply: background.apply,
      verification,
      ...createOwnerEvents(intake, validateBody, clock),
    },
    places,
    stopping,
    onBug,
  })
  const notReady = () => {
    if (stopping.aborted) return 'draining'
    return relay.isRunning() ? undefined : 'the relay does not run'
  }
  const admin = { metrics, dashboard }
  const app = createApp({
    collect: {
      intake,
      sites,
      clickIds: deps.clickIds,
      limiter,
      siteOfKey: siteRegistry.siteOfKey,
      clickDays,
      findings: parts.findings,
      clock,
    },
    health: { store, clock, region: region.about, notReady },
    admin: adminListen ? undefined : admin,
    verify: { verification, limiter, clock },
    scripts: places.scripts,
    trustProxy,
    onBug,
  })
  return { app, adminApp: adminListen && createAdminApp({ ...admin, trustProxy, onBug }), dashboard }
}

function createCollectorIntake(
  { config, deps, store, metrics, findings, sites, region }: Parts,
  relay: Relay,
  validateBody: ValidateBody,
): Intake {
  const table = deps.clickIds ?? clickIds
  return createIntake({
    validateBody,
    clickIds: table,
    store,
    metrics,
    sites,
    locate: region.locate,
    privacy: { scope: config.lduScope, unknownCountry: config.lduUnknown },
    parameters: { strip: config.stripParameters, keep: config.keepParameters, clickIds: table },
    newId: deps.newId,
    findings,
    stored: relay.wake,
  })
}

/** The sites as the intake uses them, with the forms in which their vendors need phone numbers. */
function sitesOf(siteRegistry: SiteRegistry, kinds: readonly VendorKind[]): Site[] {
  return siteRegistry.sites().map((config) => {
    const site = toSite(config)
    const enabled = site.vendors.filter((vendor) => vendor.enabled).map(({ name }) => name)
    const phoneForms = kinds.filter(({ name }) => enabled.includes(name)).map((kind) => kind.phoneForm)
    return { ...site, phoneForms }
  })
}

/** The connections to send with. Events of a paused site, or of a connection that is switched off, stay pending. */
function activeConnections(siteRegistry: SiteRegistry): Connection[] {
  return siteRegistry.sites().flatMap((site) =>
    site.connections.flatMap(({ vendor, enabled, fingerprint }): Connection[] => {
      const credentials = siteRegistry.credentials(site.domain, vendor)
      if (site.paused || !enabled || credentials === undefined) return []
      return [{ site: site.domain, vendor, fingerprint, credentials }]
    }),
  )
}
