/** How an API key is made and revoked: what is written, with the line of the change log. */
import { randomBytes } from 'node:crypto'
import type { Change, Put, StoredRecord } from '../store/records.js'
import { type ApiKeyConfig, hashOfKey } from './registry.js'

/** More than anybody uses, and few enough to be read at each change. */
export const mostKeys = 100

type Who = Pick<Change, 'at' | 'who'>

/** The key itself is shown once and never kept. */
export function newKey(
  site: string,
  name: string,
  { at, who }: Who,
): { key: string; put: Put; change: Change } {
  const key = `tf_${randomBytes(24).toString('base64url')}`
  const prefix = key.slice(0, 7)
  const body = { site, name, prefix, createdAt: at }
  return {
    key,
    put: { kind: 'key', id: hashOfKey(key), body, seen: 0 },
    change: { at, who, what: 'Key created', site, detail: `${name} (${prefix}…)` },
  }
}

export function revokedKey({ id, body }: StoredRecord, { at, who }: Who): { put: Put; change: Change } {
  const { site, name, prefix } = body as unknown as ApiKeyConfig
  return {
    put: { kind: 'key', id, body: { ...body, revokedAt: at } },
    change: { at, who, what: 'Key revoked', site, detail: `${name} (${prefix}…)` },
  }
}
