/** The house put together: opens the store, builds the app, starts the relay, and takes all down again. */
import { createHash, createHmac, randomUUID } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { createApp } from './app.js'
import type { Config } from './config.js'
import type { Site } from './event.js'
import { createIntake } from './intake/intake.js'
import { createLimiter } from './intake/limit.js'
import { createSites, type Sites } from './intake/sites.js'
import { createListener } from './listener.js'
import { createMetrics } from './metrics.js'
import { openRegion } from './region/region.js'
import type { Connection, RelayLog } from './relay/lane.js'
import { type Relay, startRelay } from './relay/relay.js'
import { startRetention } from './retention.js'
import { defaultSiteKey, loadSecret } from './secret.js'
import { openPostgres } from './store/postgres.js'
import { openSqlite } from './store/sqlite.js'
import type { Store } from './store/store.js'
import type { Vendor, VendorKind } from './vendors/vendor.js'

export interface CollectorDeps {
  version: string
  /** Vendors of the house; a test may add one. */
  kinds: readonly VendorKind[]
  /** Where the parts that are not code lie. */
  places: { migrations: string; data: string; scripts: string; sqliteWorker: URL }
  clock: () => number
  random: () => number
  log: RelayLog
}

export interface Collector {
  /** Where it listens, such as `http://127.0.0.1:8787`. */
  url: string
  store: Store
  /** Resolves with the reason when the store can no longer be trusted: the process should end. */
  broken: Promise<string>
  /** Takes no more requests, lets those in flight end, closes the store. */
  stop(): Promise<void>
}

/** How long a click id counts, in days: past TikTok's longest click window, 28. */
const clickDays = 30

/** Milliseconds that go on though somebody sets the clock. */
const uptime = () => performance.now()

/** How long requests may take to end once the collector stops. */
const drainMs = 4_000

/** Rejects with a sentence for the owner when the store cannot be opened or the port cannot be had. */
export async function startCollector(config: Config, deps: CollectorDeps): Promise<Collector> {
  const { clock, random, log, places } = deps
  const secret = loadSecret(config.secret, config.dataDir)
  const region = await openRegion(config, join(places.data, 'us-states.bin.br'), deps)
  let onBroken = (_reason: string) => {}
  const broken = new Promise<string>((resolve) => {
    onBroken = resolve
  })
  const store = await openStore(config, secret, { ...deps, onBroken })
  const vendors = new Map(deps.kinds.map((kind) => [kind.name, kind.create(config.vendors, clock)]))
  const { sites, connections } = readSites(config, vendors, secret)
  const byDomain = createSites(sites)
  const metrics = createMetrics({
    store,
    regionAge: () => region.about(clock())?.ageMonths,
    clock,
    version: deps.version,
  })
  let relay: Relay | undefined
  let draining = false
  const app = createApp({
    collect: {
      intake: createIntake({
        store,
        metrics,
        sites: byDomain,
        locate: region.locate,
        privacy: { scope: config.lduScope, unknown: config.lduUnknown },
        parameters: { strip: config.stripParameters, keep: config.keepParameters },
        newId: randomUUID,
        stored: () => relay?.wake(),
      }),
      sites: byDomain,
      limiter: config.rateLimit === 'off' ? undefined : createLimiter(config.rateLimit),
      siteOfKey: keyRing(config.apiKeys, byDomain),
      clickDays,
      clock,
    },
    health: {
      store,
      clock,
      region: region.about,
      notReady: () => (draining ? 'draining' : relay?.running() ? undefined : 'the relay does not run'),
    },
    metrics,
    scripts: places.scripts,
    trustProxy: config.trustProxy,
    onBug: (error) => log.error({ error: error instanceof Error ? error.stack : String(error) }, 'bug'),
  })
  const server = createListener(app)
  // A client that keeps its connection open would keep the server from closing.
  server.prependListener('request', (_request, response) => {
    if (draining) response.shouldKeepAlive = false
  })
  try {
    await listen(server, config)
  } catch (error) {
    await store.close()
    region.close()
    throw error
  }
  relay = startRelay({ store, vendors, connections, clock, uptime, random, log, metrics })
  const endRetention = startRetention({ store, days: config.retentionDays, clock, log })
  const { port } = server.address() as AddressInfo
  return {
    url: `http://${config.host.includes(':') ? `[${config.host}]` : config.host}:${port}`,
    store,
    broken,
    async stop() {
      draining = true
      endRetention()
      const closed = new Promise((resolve) => server.close(resolve))
      const timer = setTimeout(() => server.closeAllConnections(), drainMs)
      await Promise.all([closed, relay?.stop()])
      clearTimeout(timer)
      await Promise.all([...vendors.values()].map((vendor) => vendor.close()))
      await store.close()
      region.close()
    },
  }
}

export interface StoreDeps extends Pick<CollectorDeps, 'places' | 'clock' | 'log'> {
  /** The store can no longer be trusted; told once. */
  onBroken?: (reason: string) => void
}

/** The outbox of this configuration; more than one program may have it open. */
export function openStore(
  { dataDir, databaseUrl: url }: Pick<Config, 'dataDir' | 'databaseUrl'>,
  secret: Buffer,
  { places, clock, log, onBroken = () => {} }: StoreDeps,
): Promise<Store> {
  if (url !== undefined) {
    const migrations = join(places.migrations, 'postgres')
    return openPostgres({ url, key: secret, migrations, clock, uptime, log })
  }
  mkdirSync(dataDir, { recursive: true, mode: 0o700 })
  return openSqlite({
    file: join(dataDir, 'tagferry.db'),
    key: secret,
    migrations: join(places.migrations, 'sqlite'),
    worker: places.sqliteWorker,
    clock,
    onBroken,
  })
}

function listen(server: Server, { port, host }: Config): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', ({ code, message }: NodeJS.ErrnoException) => {
      const inUse = `Port ${port} of ${host} is in use: end the program that has it, or set TAGFERRY_PORT.`
      reject(new Error(code === 'EADDRINUSE' ? inUse : `Cannot listen on ${host}:${port}: ${message}`))
    })
    server.listen(port, host, resolve)
  })
}

/** What intake and relay need to know of each site, from its settings. */
function readSites(config: Config, vendors: ReadonlyMap<string, Vendor>, secret: Buffer) {
  const fingerprint = (credentials: unknown) =>
    createHmac('sha256', secret).update(JSON.stringify(credentials)).digest('base64url')
  const connections: Connection[] = []
  const sites = config.sites.map((settings): Site => {
    const { domain, aliases, country, keepLegacyNames, enabled } = settings
    const connected = [...vendors.values()].flatMap((vendor) => {
      const credentials = vendor.credentials(settings)
      if (credentials === undefined) return []
      connections.push({
        site: domain,
        vendor: vendor.name,
        credentials,
        fingerprint: fingerprint(credentials),
      })
      return { name: vendor.name, enabled }
    })
    const siteKey = settings.siteKey ?? defaultSiteKey(secret, domain)
    return { domain, aliases, country, keepLegacyNames, siteKey, paused: false, vendors: connected }
  })
  // A vendor that is switched off holds what is queued: nothing is sent, nothing is dropped.
  const active = new Set(config.sites.filter((site) => site.enabled).map((site) => site.domain))
  return { sites, connections: connections.filter((connection) => active.has(connection.site)) }
}

/** Looks keys up by their hash, so that no comparison leaks how much of a guess was right. */
function keyRing(keys: Config['apiKeys'], sites: Sites): (key: string) => string | undefined {
  const hash = (key: string) => createHash('sha256').update(key).digest('base64')
  const domains = new Map(keys.map(({ key, site }) => [hash(key), sites.find(site)?.domain ?? site]))
  return (key) => domains.get(hash(key))
}
