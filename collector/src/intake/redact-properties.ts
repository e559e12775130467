/** Removes personal data from properties and ids. Only `user` may hold it, and is hashed. */
import { sha256 } from './hash.js'
import {
  containsEmail,
  isIdKey,
  isPersonalKey,
  isPersonalText,
  isPersonKey,
  redactText,
} from './personal-data.js'
import type { ParseBudget } from './phone.js'
import { isPlaceholder } from './placeholder.js'
import { pathText } from './problem.js'
import { redactUrl } from './redact-url.js'
import type { Warn } from './warning.js'

interface Redaction {
  warn: Warn
  /** Path of the value at hand. */
  path: PropertyKey[]
  budget: ParseBudget
}

/**
 * Removes personal keys and persons at any depth, and e-mail addresses and international phone numbers from texts.
 * Ids with an e-mail address become their hashes; those that stand for nothing are left out.
 * Gives the same object where there is nothing to change, which is the usual case.
 */
export function redactProperties<T>(properties: T, warn: Warn): T {
  return redact(properties, '', { warn, path: ['properties'], budget: { parses: 20 } }) as T
}

/** @param key key of the value; an entry of a list has the key of the list */
function redact(value: unknown, key: string, redaction: Redaction): unknown {
  if (typeof value === 'string') return redactString(value, key, redaction)
  if (typeof value === 'number') return key === 'value' || key === 'price' ? roundAmount(value) : value
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return redactList(value, key, redaction)
  return redactObject(value as Record<string, unknown>, key, redaction)
}

function redactList(list: unknown[], key: string, redaction: Redaction): unknown[] {
  let redacted: unknown[] | undefined
  for (let at = 0; at < list.length; at++) {
    redaction.path.push(at)
    const entry = redact(list[at], key, redaction)
    redaction.path.pop()
    if (entry !== list[at]) redacted ??= list.slice(0, at)
    if (entry !== undefined) redacted?.push(entry)
  }
  return redacted ?? list
}

function redactObject(
  record: Record<string, unknown>,
  parent: string,
  redaction: Redaction,
): Record<string, unknown> | undefined {
  if (isPersonKey(parent) && isPerson(record, parent)) {
    warn(redaction, 'a person; only `user` may hold personal data')
    return undefined
  }
  const labelled = labelledKey(record)
  let redacted: Record<string, unknown> | undefined
  for (const key in record) {
    const isPersonal = isPersonalKey(key, parent) || labelled === key
    const sent = record[key]
    const value = redactEntry(sent, key, isPersonal, redaction)
    if (value === sent) continue
    redacted ??= { ...record }
    if (value === undefined) delete redacted[key]
    else redacted[key] = value
  }
  return redacted ?? record
}

/** `undefined` for an entry that is removed. */
function redactEntry(value: unknown, key: string, isPersonal: boolean, redaction: Redaction): unknown {
  if (isPersonal && isPersonalText(key)) {
    warn(redaction, 'a key that is personal data was removed')
    return undefined
  }
  redaction.path.push(key)
  if (isPersonal) warn(redaction, 'personal data, removed; it belongs in `user`')
  const redacted = isPersonal ? undefined : redact(value, key, redaction)
  redaction.path.pop()
  return redacted
}

const warn = ({ warn, path }: Redaction, words: string) => warn('personal_data', pathText(path), words)

/** These may be a method with a name and a price. */
const mayBeMethod = /^(shipping|delivery|billing)$/i

/** Whether an object under the key of a person holds personal data of them. */
function isPerson(record: Record<string, unknown>, parent: string): boolean {
  for (const key in record) {
    if (isPersonalKey(key, parent) && !(key === 'name' && mayBeMethod.test(parent))) return true
  }
  return false
}

/** The key of a value that another entry names: `{"name": "Phone", "value": "…"}`, as attributes of orders have it. */
function labelledKey({ name, key, label, value }: Record<string, unknown>): string | undefined {
  if (typeof value !== 'string') return undefined
  const isPersonal = [name, key, label].some(
    (text) => typeof text === 'string' && (isPersonalKey(text) || /^\s*name\s*$/i.test(text)),
  )
  return isPersonal ? 'value' : undefined
}

/** Ids by which TikTok finds products and orders. A placeholder would be one order for all. */
const requiredIds: ReadonlySet<string> = new Set(['order_id', 'shop_id', 'content_id', 'content_ids'])

const mayBeAddress = /^(?:https?:)?\//i

function redactString(text: string, key: string, redaction: Redaction): string | undefined {
  const isRequiredId = requiredIds.has(key)
  if (isRequiredId && isPlaceholder(text)) {
    redaction.warn('placeholder', pathText(redaction.path), 'a placeholder for a missing id; it is left out')
    return undefined
  }
  if (!isRequiredId && mayBeAddress.test(text)) return redactAddress(text, redaction)
  if (!text.includes('@') && !text.includes('+') && !text.includes('%')) return text
  if (isRequiredId || isIdKey(key)) {
    if (!containsEmail(text)) return text
    warn(redaction, 'an id with an e-mail address; it is replaced by its SHA-256')
    return sha256(text)
  }
  const redacted = redactText(text, redaction.budget)
  if (redacted !== text) warn(redaction, 'e-mail addresses and phone numbers in the text were removed')
  return redacted
}

/** Makes a path an address, so that it is redacted like one. */
const base = 'https://x'

/** A page address or path as a property loses the same parameters as `page.url`. */
function redactAddress(text: string, redaction: Redaction): string {
  const address =
    text.startsWith('/') && !text.startsWith('//')
      ? redactUrl(base + text)?.slice(base.length)
      : redactUrl(text)
  const redacted = redactText(address ?? text, redaction.budget)
  if (redacted !== text) warn(redaction, 'personal data and secrets in the address were removed')
  return redacted
}

/**
 * The id under which an event is stored. Digits never make it personal. An id with an e-mail address becomes its hash,
 * which is as unique.
 */
export function redactId(id: string, warn: Warn): string {
  if (!containsEmail(id)) return id
  warn('personal_data', 'event_id', 'an id with an e-mail address; it is replaced by its SHA-256')
  return sha256(id)
}

/** Removes the noise of binary fractions: 49.900000000000006 is 49.9. No currency has more than six decimals. */
function roundAmount(amount: number): number {
  const cents = Math.round(amount * 100) / 100
  return cents === amount ? amount : Number(amount.toFixed(6))
}
