/** Creates and revokes API keys. Gives the writes for the store and the entry for its change log. */
import { createHash, randomBytes } from 'node:crypto'
import type { RecordWrite, SiteRecord } from './ports.js'
import type { ApiKeyConfig } from './site-config.js'

/** All keys are read at each change, so there must not be many. */
export const maxApiKeys = 100

/** API keys are stored and looked up by this hash. */
export const hashApiKey = (key: string) => createHash('sha256').update(key).digest('base64url')

interface Author {
  /** Unix milliseconds. */
  at: number
  /** Such as `owner` or `command line`. */
  who: string
}

interface ApiKeyChange extends Author {
  what: 'Key created' | 'Key revoked'
  site: string
  detail: string
}

/** @returns the key itself as well, which is shown once and never stored */
export function createApiKey(
  site: string,
  name: string,
  { at, who }: Author,
): { key: string; put: RecordWrite; change: ApiKeyChange } {
  const key = `tf_${randomBytes(24).toString('base64url')}`
  const prefix = key.slice(0, 7)
  const body = { site, name, prefix, createdAt: at }
  return {
    key,
    put: { kind: 'key', id: hashApiKey(key), body, seen: 0 },
    change: { at, who, what: 'Key created', site, detail: `${name} (${prefix}…)` },
  }
}

export function revokeApiKey(
  { id, body }: Pick<SiteRecord, 'id' | 'body'>,
  { at, who }: Author,
): { put: RecordWrite; change: ApiKeyChange } {
  const { site, name, prefix } = body as unknown as ApiKeyConfig
  return {
    put: { kind: 'key', id, body: { ...body, revokedAt: at } },
    change: { at, who, what: 'Key revoked', site, detail: `${name} (${prefix}…)` },
  }
}
