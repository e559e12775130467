/** Holds the current sites, connections and API keys: those of the settings and those saved in the dashboard. */
import { createHmac, randomBytes } from 'node:crypto'
import type { Site } from '../event.js'
import { hashApiKey } from './api-keys.js'
import type { SiteStore } from './ports.js'
import { type ReadSitesDeps, readSites, type Sign } from './read-sites.js'
import type { ApiKeyConfig, SiteConfig } from './site-config.js'

export type { ApiKeyConfig, ConnectionConfig, SiteConfig } from './site-config.js'

export interface SiteRegistry {
  sites(): readonly SiteConfig[]
  /** The domain of an API key; `undefined` for an unknown or revoked key. */
  siteOfKey(key: string): string | undefined
  /** The API keys of the dashboard, revoked ones too. */
  keys(): readonly ApiKeyConfig[]
  /** Stores when keys were last used. Called now and then, not for each request. */
  recordKeyUse(now: number): Promise<void>
  /** A site's credentials in the vendor's own form; `undefined` while they are incomplete. */
  credentials(site: string, vendor: string): unknown
  /** Reads the store anew. */
  refresh(): Promise<void>
}

/** @throws Error with a sentence for the owner where the store was encrypted with another key */
export async function openSiteRegistry(deps: ReadSitesDeps): Promise<SiteRegistry> {
  const { store } = deps
  const rootKey = await loadRootKey(store)
  const sign: Sign = (text) => createHmac('sha256', rootKey).update(text).digest('base64url')
  const usedKeys = new Set<string>()
  let snapshot = await readSites(deps, sign)
  return {
    sites: () => snapshot.sites,
    keys: () => snapshot.keys,
    credentials: (site, vendor) => snapshot.credentials.get(`${site} ${vendor}`),
    siteOfKey(key) {
      // Keys are looked up by hash, so that the duration leaks nothing about a guess.
      const id = hashApiKey(key)
      const site = snapshot.siteByKey.get(id)
      if (site !== undefined) usedKeys.add(id)
      return site
    },
    async recordKeyUse(now) {
      const ids = snapshot.keys.filter(({ id }) => usedKeys.has(id)).map(({ id }) => id)
      usedKeys.clear()
      for (const id of ids) {
        const record = await store.record('key', id)
        if (record) await store.write([{ kind: 'key', id, body: { ...record.body, lastUsedAt: now } }])
      }
    },
    async refresh() {
      snapshot = await readSites(deps, sign)
    },
  }
}

/** Loads the key that derives site keys and fingerprints. Created at first start; the same in each collector. */
async function loadRootKey(store: SiteStore): Promise<string> {
  const key = randomBytes(32).toString('base64')
  await store.write([{ kind: 'setting', id: 'root', body: {}, secret: key, seen: 0 }])
  const record = await store.record('setting', 'root')
  if (!record?.secret)
    throw new Error('The store was sealed with another key: set TAGFERRY_SECRET to the one it was made with.')
  return record.secret
}

/** The site as the intake uses it: with vendors instead of connections. */
export function toSite({ connections, ...site }: SiteConfig): Site {
  const vendors = connections.flatMap(({ vendor, enabled, complete }) =>
    complete ? [{ name: vendor, enabled }] : [],
  )
  return { ...site, vendors }
}
