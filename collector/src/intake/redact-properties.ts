/** Removes personal data from properties and ids. Only `user` may hold it, and is hashed. */
import { sha256 } from './hash.js'
import { containsPersonalData, isPersonalKey, redactText } from './personal-data.js'

/**
 * Removes personal keys at any depth, and e-mail addresses and international phone numbers from texts.
 * Gives the same object where there is nothing to remove, which is the usual case.
 */
export function redactProperties<T>(properties: T): T {
  return redact(properties, '') as T
}

/** @param key key of the value; an entry of a list has the key of the list */
function redact(value: unknown, key: string): unknown {
  if (typeof value === 'string') return redactText(value, key)
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) {
    const entries = value.map((entry) => redact(entry, key))
    return entries.some((entry, at) => entry !== value[at]) ? entries : value
  }
  return redactObject(value as Record<string, unknown>, key)
}

function redactObject(record: Record<string, unknown>, parent: string): Record<string, unknown> {
  let redacted: Record<string, unknown> | undefined
  for (const key in record) {
    const isRemoved = key.includes('@') || isPersonalKey(key, parent)
    const value = isRemoved ? undefined : redact(record[key], key)
    if (value === record[key]) continue
    redacted ??= { ...record }
    if (value === undefined) delete redacted[key]
    else redacted[key] = value
  }
  return redacted ?? record
}

/** The id under which an event is stored. An id with personal data becomes its hash, which is as unique. */
export function redactId(id: string): string {
  return containsPersonalData(id, 'event_id') ? sha256(id) : id
}
