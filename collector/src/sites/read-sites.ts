/** Reads sites, connections and API keys from the settings and from the store. */
import type { Config } from '../config/config.js'
import { lduScope } from '../config/parsers.js'
import { hashApiKey } from './api-keys.js'
import { siteNamed } from './hosts.js'
import type { SiteRecord, SiteStore, Vendor, VendorKind } from './ports.js'
import type { ApiKeyConfig, ConnectionConfig, SiteConfig } from './site-config.js'

export interface ReadSitesDeps {
  config: Pick<Config, 'sites' | 'apiKeys'>
  store: SiteStore
  kinds: readonly VendorKind[]
  /** By name. */
  vendors: ReadonlyMap<string, Vendor>
}

/** Signs a text with the root key of the installation. */
export type Sign = (text: string) => string

/** Sites and keys as they were read together. */
export interface SitesSnapshot {
  sites: readonly SiteConfig[]
  keys: readonly ApiKeyConfig[]
  /** By domain and vendor. */
  credentials: ReadonlyMap<string, unknown>
  /** Domains by hash of the API key. */
  siteByKey: ReadonlyMap<string, string>
}

/** Body of a connection's record. */
interface StoredConnection {
  fields: Record<string, string>
  enabled: boolean
  savedAt: number
  /** When the owner last asked to retry refused credentials. Part of the fingerprint, so that the pause ends. */
  retriedAt: number
}

/** @param sign signs a text with the root key */
export async function readSites(deps: ReadSitesDeps, sign: Sign): Promise<SitesSnapshot> {
  const { config, store } = deps
  const [siteRecords, connectionRecords, keyRecords] = await Promise.all([
    store.records('site'),
    store.records('connection'),
    store.records('key'),
  ])
  const credentials = new Map<string, unknown>()
  const context: ReadContext = { ...deps, sign, credentials }
  const envSites = config.sites.map((settings) => siteFromSettings(settings, context))
  const connectionById = new Map(connectionRecords.map((record) => [record.id, record]))
  const savedSites = siteRecords
    // A site of the settings wins over a saved one of the same name.
    .filter(({ id }) => siteNamed(envSites, id) === undefined)
    .map((record) => siteFromRecord(record, connectionById, context))
  const sites = [...envSites, ...savedSites]
  const keys = keyRecords.map(({ id, body }) => ({ id, ...body }) as ApiKeyConfig)
  return { sites, keys, credentials, siteByKey: indexKeys(keys, config.apiKeys, sites) }
}

function indexKeys(
  keys: readonly ApiKeyConfig[],
  envKeys: Config['apiKeys'],
  sites: readonly SiteConfig[],
): Map<string, string> {
  const valid = [
    ...keys.filter(({ revokedAt }) => revokedAt === undefined),
    ...envKeys.map(({ key, site }) => ({ id: hashApiKey(key), site })),
  ]
  return new Map(valid.map(({ id, site }) => [id, siteNamed(sites, site)?.domain ?? site]))
}

interface ReadContext extends Pick<ReadSitesDeps, 'kinds' | 'vendors'> {
  sign: Sign
  /** Filled while sites are read. */
  credentials: Map<string, unknown>
}

const madeUpSiteKey = (domain: string, { sign }: ReadContext) => sign(`site key\n${domain}`).slice(0, 22)

function siteFromSettings(settings: Config['sites'][number], context: ReadContext): SiteConfig {
  const { domain, enabled } = settings
  return {
    domain,
    aliases: settings.aliases,
    origin: settings.origin ?? `https://${domain}`,
    siteKey: settings.siteKey ?? madeUpSiteKey(domain, context),
    country: settings.country,
    keepLegacyNames: settings.keepLegacyNames,
    lduScope: settings.lduScope,
    lduUnknown: settings.lduUnknown,
    consentRequired: settings.consentRequired,
    paused: false,
    managedByEnv: true,
    version: 0,
    connections: context.kinds.map((kind) => ({
      ...readConnection(domain, kind, settings, context),
      enabled,
      version: 0,
    })),
  }
}

function siteFromRecord(
  { id, body, version }: SiteRecord,
  connectionById: ReadonlyMap<string, SiteRecord>,
  context: ReadContext,
): SiteConfig {
  const { aliases = [], country, keepLegacyNames = false, paused = false } = body as Partial<SiteConfig>
  const { lduUnknown, consentRequired = false } = body as Partial<SiteConfig>
  return {
    domain: id,
    aliases,
    origin: `https://${id}`,
    siteKey: madeUpSiteKey(id, context),
    country,
    keepLegacyNames,
    lduScope: lduScope.safeParse(body.lduScope).data,
    lduUnknown,
    consentRequired,
    paused,
    managedByEnv: false,
    version,
    connections: context.kinds.flatMap((kind) => {
      const record = connectionById.get(`${id} ${kind.name}`)
      return record ? [connectionFromRecord(id, kind, record, context)] : []
    }),
  }
}

function connectionFromRecord(
  domain: string,
  kind: VendorKind,
  { body, secret, version }: SiteRecord,
  context: ReadContext,
): ConnectionConfig {
  const { fields, enabled = false, savedAt, retriedAt = '' } = body as Partial<StoredConnection>
  const values = { ...fields, ...(JSON.parse(secret ?? '{}') as object) }
  const connection = readConnection(domain, kind, values, context, String(retriedAt))
  return { ...connection, enabled, ...(savedAt && { savedAt }), version }
}

/**
 * Reads one connection and adds its credentials to the context.
 * @param values all fields of the vendor, secret ones too
 * @param salt changes the fingerprint of the same credentials
 */
function readConnection(
  domain: string,
  kind: VendorKind,
  values: Record<string, unknown>,
  { vendors, sign, credentials: allCredentials }: ReadContext,
  salt = '',
): Omit<ConnectionConfig, 'enabled' | 'version'> {
  const credentials = vendors.get(kind.name)?.credentials(values)
  if (credentials !== undefined) allCredentials.set(`${domain} ${kind.name}`, credentials)
  const fields: Record<string, string> = {}
  const lastFour: Record<string, string> = {}
  for (const { key, secret } of kind.fields) {
    const value = values[key]
    if (typeof value !== 'string' || value === '') continue
    if (secret) lastFour[key] = value.slice(-4)
    else fields[key] = value
  }
  return {
    vendor: kind.name,
    fingerprint: sign(JSON.stringify(credentials ?? null) + salt),
    complete: credentials !== undefined,
    fields,
    lastFour,
  }
}
