/** Which sites, connections and API keys there are now: those of the settings, and those kept by the dashboard. */
import { createHash, createHmac, randomBytes } from 'node:crypto'
import type { Config } from '../config/config.js'
import { lduScope } from '../config/schema.js'
import type { Site } from '../event.js'
import type { Records, StoredRecord } from '../store/records.js'
import type { ConnectionKey } from '../store/store.js'
import type { Credentials, Vendor, VendorKind } from '../vendors/vendor.js'

/** A domain as the owner has set it up. */
export interface SiteConfig extends Omit<Site, 'vendors'> {
  /** Set by TAGFERRY_SITES: the dashboard shows it and cannot change it. */
  managedByEnv: boolean
  /** Where its pages are, such as `https://shop.example`. */
  origin: string
  /** Of its record; 0 for a fixed one. */
  version: number
  connections: ConnectionConfig[]
}

export interface ConnectionConfig extends Omit<ConnectionKey, 'site'> {
  enabled: boolean
  /** All fields that the vendor needs are there. */
  complete: boolean
  /** Fields that are no secret. */
  fields: Record<string, string>
  /** The last four characters of each secret field. */
  lastFour: Record<string, string>
  /** Unix milliseconds; absent for a fixed one. */
  savedAt?: number
  version: number
}

export interface ApiKeyConfig {
  /** Hash of the key. */
  id: string
  site: string
  name: string
  prefix: string
  createdAt: number
  lastUsedAt?: number
  revokedAt?: number
}

export interface SiteRegistry {
  sites(): readonly SiteConfig[]
  /** The site of an API key. */
  siteOfKey(key: string): string | undefined
  keys(): readonly ApiKeyConfig[]
  /** Writes down when keys were last used; now and then. */
  noteUse(now: number): Promise<void>
  /** What the vendor needs of a site, where it is complete. */
  credentials(site: string, vendor: string): Credentials | undefined
  /** Reads what has been kept anew. */
  refresh(): Promise<void>
}

export interface SiteRegistryDeps {
  config: Pick<Config, 'sites' | 'apiKeys'>
  store: Pick<Records, 'records' | 'record' | 'write'>
  kinds: readonly VendorKind[]
  vendors: ReadonlyMap<string, Vendor>
}

interface StoredConnection {
  fields: Record<string, string>
  enabled: boolean
  savedAt: number
  /** When the owner last let refused credentials be tried again: they count as others then. */
  retriedAt: number
}

/** How an API key is known to the house. */
export const hashOfKey = (key: string) => createHash('sha256').update(key).digest('base64url')

export async function openSiteRegistry({
  config,
  store,
  kinds,
  vendors,
}: SiteRegistryDeps): Promise<SiteRegistry> {
  const root = await rootKey(store)
  const sign = (text: string) => createHmac('sha256', root).update(text).digest('base64url')
  const siteKey = (domain: string) => sign(`site key\n${domain}`).slice(0, 22)
  const all = new Map<string, Credentials>()
  let sites: SiteConfig[] = []
  let keys: ApiKeyConfig[] = []
  const fixedKeys = config.apiKeys.map(({ key, site }) => ({ id: hashOfKey(key), site }))
  const siteOf = new Map<string, string>()
  /** Keys that came since their use was written down. */
  const used = new Set<string>()

  /** @param given all fields of the vendor, secret ones too */
  function connection(domain: string, kind: VendorKind, given: Record<string, unknown>, salt = '') {
    const credentials = vendors.get(kind.name)?.credentials(given)
    if (credentials !== undefined) all.set(`${domain} ${kind.name}`, credentials)
    const listed = { fields: {} as Record<string, string>, lastFour: {} as Record<string, string> }
    for (const { key, secret } of kind.fields) {
      const value = given[key]
      if (typeof value !== 'string' || value === '') continue
      if (secret) listed.lastFour[key] = value.slice(-4)
      else listed.fields[key] = value
    }
    return {
      vendor: kind.name,
      fingerprint: sign(JSON.stringify(credentials ?? null) + salt),
      complete: credentials !== undefined,
      ...listed,
    }
  }

  function fixedSite(settings: Config['sites'][number]): SiteConfig {
    const { domain, aliases, country, keepLegacyNames, enabled } = settings
    const { lduScope, lduUnknown, consentRequired } = settings
    const connections = kinds.map((kind) => ({ ...connection(domain, kind, settings), enabled, version: 0 }))
    return {
      ...{
        domain,
        aliases,
        country,
        keepLegacyNames,
        paused: false,
        managedByEnv: true,
        version: 0,
        connections,
      },
      ...{ lduScope, lduUnknown, consentRequired },
      siteKey: settings.siteKey ?? siteKey(domain),
      origin: settings.origin ?? `https://${domain}`,
    }
  }

  function keptSite(
    { id, body, version }: StoredRecord,
    kept: ReadonlyMap<string, StoredRecord>,
  ): SiteConfig {
    const { aliases = [], country, keepLegacyNames = false, paused = false } = body as Partial<SiteConfig>
    const { lduUnknown, consentRequired = false } = body as Partial<SiteConfig>
    const connections = kinds.flatMap((kind) => {
      const record = kept.get(`${id} ${kind.name}`)
      if (!record) return []
      const { fields, enabled = false, savedAt, retriedAt = '' } = record.body as Partial<StoredConnection>
      const given = { ...fields, ...(JSON.parse(record.secret ?? '{}') as object) }
      const listed = connection(id, kind, given, String(retriedAt))
      return [{ ...listed, enabled, ...(savedAt && { savedAt }), version: record.version }]
    })
    const site = {
      domain: id,
      aliases,
      country,
      keepLegacyNames,
      paused,
      managedByEnv: false,
      version,
      connections,
    }
    const privacy = { lduScope: lduScope.safeParse(body.lduScope).data, lduUnknown, consentRequired }
    return { ...site, ...privacy, siteKey: siteKey(id), origin: `https://${id}` }
  }

  async function refresh(): Promise<void> {
    const [keptSites, keptConnections, keptKeys] = await Promise.all([
      store.records('site'),
      store.records('connection'),
      store.records('key'),
    ])
    const byId = new Map(keptConnections.map((record) => [record.id, record]))
    all.clear()
    const fixed = config.sites.map(fixedSite)
    // The settings win over what the dashboard has kept under the same name.
    const taken = new Set(fixed.flatMap(({ domain, aliases }) => [domain, ...aliases]))
    const kept = keptSites.filter(({ id }) => !taken.has(id)).map((record) => keptSite(record, byId))
    sites = [...fixed, ...kept]
    keys = keptKeys.map(({ id, body }) => ({ id, ...body }) as ApiKeyConfig)
    siteOf.clear()
    const current = keys.filter(({ revokedAt }) => revokedAt === undefined)
    for (const { id, site } of [...current, ...fixedKeys]) {
      const found = sites.find(({ domain, aliases }) => domain === site || aliases.includes(site))
      siteOf.set(id, found?.domain ?? site)
    }
  }

  await refresh()
  return {
    sites: () => sites,
    keys: () => keys,
    // Looked up by their hash, so that no comparison leaks how much of a guess was right.
    siteOfKey(key) {
      const id = hashOfKey(key)
      const site = siteOf.get(id)
      if (site !== undefined) used.add(id)
      return site
    },
    async noteUse(now) {
      const ids = keys.filter(({ id }) => used.has(id)).map(({ id }) => id)
      used.clear()
      for (const id of ids) {
        const record = await store.record('key', id)
        if (record) await store.write([{ kind: 'key', id, body: { ...record.body, lastUsedAt: now } }])
      }
    },
    credentials: (site, vendor) => all.get(`${site} ${vendor}`),
    refresh,
  }
}

/** What made-up site keys and fingerprints come from: made at first start, the same in each collector. */
async function rootKey(store: SiteRegistryDeps['store']): Promise<string> {
  const key = randomBytes(32).toString('base64')
  await store.write([{ kind: 'setting', id: 'root', body: {}, secret: key, seen: 0 }])
  const record = await store.record('setting', 'root')
  if (!record?.secret)
    throw new Error('The store was sealed with another key: set TAGFERRY_SECRET to the one it was made with.')
  return record.secret
}

/** A site as the intake sees it. */
export function toSite({ connections, ...site }: SiteConfig): Site {
  const vendors = connections.flatMap(({ vendor, enabled, complete }) =>
    complete ? [{ name: vendor, enabled }] : [],
  )
  return { ...site, vendors }
}
