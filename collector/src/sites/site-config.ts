/** Defines sites, connections and API keys as their owner has configured them. */
import type { Site } from '../event.js'

/** A site as its owner has configured it. */
export interface SiteConfig extends Omit<Site, 'vendors'> {
  /** Set by TAGFERRY_SITES: the dashboard shows it and cannot change it. */
  managedByEnv: boolean
  /** Origin of its pages, such as `https://shop.example`. */
  origin: string
  /** Version of its record; 0 for a site of TAGFERRY_SITES. */
  version: number
  connections: ConnectionConfig[]
}

/** A site's connection with a vendor. */
export interface ConnectionConfig {
  vendor: string
  /** Identifies the credentials without revealing them. */
  fingerprint: string
  enabled: boolean
  /** Whether all fields that the vendor needs are set. */
  complete: boolean
  /** Fields that are not secret. */
  fields: Record<string, string>
  /** The last four characters of each secret field. */
  lastFour: Record<string, string>
  /** Unix milliseconds; absent for a site of TAGFERRY_SITES. */
  savedAt?: number
  /** Version of its record; 0 for a site of TAGFERRY_SITES. */
  version: number
}

export interface ApiKeyConfig {
  /** Hash of the key. */
  id: string
  site: string
  name: string
  /** First characters of the key. */
  prefix: string
  /** Unix milliseconds, like the other times. */
  createdAt: number
  lastUsedAt?: number
  revokedAt?: number
}
