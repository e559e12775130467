/** Removes personal data from properties and ids. Only `user` may hold it, and is hashed. */
import { sha256 } from './hash.js'
import { containsEmail, isCardNumber, isPersonText, redactText } from './personal-data.js'
import { isIdKey, isPersonalKey, type KeyTraits, traitsOf } from './personal-keys.js'
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
  const redaction = { warn, path: ['properties'], budget: { parses: 20 } }
  return redact(properties, '', noTraits, redaction) as T
}

const noTraits: KeyTraits = { personal: undefined, isPerson: false, isParty: false }

/**
 * @param key key of the value; an entry of a list has the key of the list
 * @param traits of the key
 */
function redact(value: unknown, key: string, traits: KeyTraits, redaction: Redaction): unknown {
  if (typeof value === 'string') return redactString(value, key, traits, redaction)
  if (typeof value === 'number') return redactNumber(value, key, redaction)
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return redactList(value, key, traits, redaction)
  return redactObject(value as Record<string, unknown>, key, traits, redaction)
}

function redactList(list: unknown[], key: string, traits: KeyTraits, redaction: Redaction): unknown[] {
  let redacted: unknown[] | undefined
  for (let at = 0; at < list.length; at++) {
    redaction.path.push(at)
    const entry = redact(list[at], key, traits, redaction)
    redaction.path.pop()
    if (entry !== list[at]) redacted ??= list.slice(0, at)
    if (entry !== undefined) redacted?.push(entry)
  }
  return redacted ?? list
}

function redactObject(
  record: Record<string, unknown>,
  parent: string,
  parentTraits: KeyTraits,
  redaction: Redaction,
): Record<string, unknown> | undefined {
  if (parentTraits.isPerson && isPerson(record, parent)) return removed(aPerson, redaction)
  let redacted: Record<string, unknown> | undefined
  for (const key in record) {
    const sent = record[key]
    const isPersonalAnswer = isAnswer(key, sent) && hasPersonalLabel(record)
    const traits = isPersonalAnswer ? personalAnswer : traitsOf(key, parent)
    const value = redactEntry(sent, key, traits, redaction)
    if (value === sent) continue
    redacted ??= { ...record }
    if (value === undefined) delete redacted[key]
    else redacted[key] = value
  }
  return redacted ?? record
}

const aPerson = 'a person; only `user` may hold personal data'
const removals = {
  user: 'personal data, removed; it belongs in `user`',
  private: 'personal data, removed',
  secret: 'a secret, removed',
}

/** `undefined` for an entry that is removed. */
function redactEntry(value: unknown, key: string, traits: KeyTraits, redaction: Redaction): unknown {
  const { personal } = traits
  if (personal === 'key') {
    warn(redaction, 'a key that is personal data was removed')
    return undefined
  }
  redaction.path.push(key)
  if (personal) warn(redaction, removals[personal])
  const redacted = personal ? undefined : redact(value, key, traits, redaction)
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

const personalAnswer: KeyTraits = { ...noTraits, personal: 'private' }

/** What forms and orders have for the answer to a question, as in `{"name": "Phone", "value": "…"}`. */
const answers: ReadonlySet<string> = new Set([
  'value',
  'values',
  'text',
  'answer',
  'numeric',
  'dropdown',
  'display_value',
])

const isAnswer = (key: string, value: unknown) =>
  (typeof value === 'string' || typeof value === 'object') && answers.has(key)

/** Whether an object names its value, and the name is a personal key. */
function hasPersonalLabel({ name, key, label, field, title, question }: Record<string, unknown>): boolean {
  return (
    isPersonalLabel(name) ||
    isPersonalLabel(key) ||
    isPersonalLabel(label) ||
    isPersonalLabel(field) ||
    isPersonalLabel(title) ||
    isPersonalLabel(question)
  )
}

const isPersonalLabel = (label: unknown) =>
  typeof label === 'string' && (isPersonalKey(label) || /^\s*name\s*$/i.test(label))

/** Ids by which TikTok finds products and orders. A placeholder would be one order for all. */
const requiredIds: ReadonlySet<string> = new Set(['order_id', 'shop_id', 'content_id', 'content_ids'])

const mayBeAddress = /^(?:https?:)?\//i

/** `@`, `+`, what encodes them, and what stands in addresses and in JSON. Few texts hold one. */
const mayBePersonal = /[@+%&/{\uff20]/
const mayBeJson = /^\s*[{[]/
const mayBeCard = /^\s*[2-6][\d\s-]{12}/

function redactString(
  text: string,
  key: string,
  { isParty }: KeyTraits,
  redaction: Redaction,
): string | undefined {
  const isRequiredId = requiredIds.has(key)
  if (isRequiredId && isPlaceholder(text)) {
    redaction.warn('placeholder', pathText(redaction.path), 'a placeholder for a missing id; it is left out')
    return undefined
  }
  if (isParty && isPersonText(text)) return removed(aPerson, redaction)
  if (!mayBePersonal.test(text)) {
    const isCard = mayBeCard.test(text) && isCardNumber(text) && !isRequiredId && !isIdKey(key)
    return isCard ? removed(aCard, redaction) : text
  }
  if (mayBeJson.test(text) && holdsPersonalKeys(text, key)) return removed(aPerson, redaction)
  if (!isRequiredId && mayBeAddress.test(text)) return redactAddress(text, redaction)
  if (isRequiredId || isIdKey(key)) {
    if (!containsEmail(text)) return text
    warn(redaction, 'an id with an e-mail address; it is replaced by its SHA-256')
    return sha256(text)
  }
  const redacted = redactText(text, redaction.budget)
  if (redacted !== text) warn(redaction, 'e-mail addresses and phone numbers in the text were removed')
  return redacted
}

function removed(words: string, redaction: Redaction): undefined {
  warn(redaction, words)
  return undefined
}

const aCard = 'the number of a payment card, a secret, removed'

function redactNumber(value: number, key: string, redaction: Redaction): number | undefined {
  if (value >= 1e12 && isCardNumber(String(value)) && !isIdKey(key)) return removed(aCard, redaction)
  return key === 'value' || key === 'price' ? roundAmount(value) : value
}

const jsonKey = /"([^"\\]{1,100})"\s*:/g

/** Whether a text is JSON with personal keys. Not parsed, as it may be deep. @param key of the text */
function holdsPersonalKeys(text: string, key: string): boolean {
  let person = key
  for (const [, inner = ''] of text.matchAll(jsonKey)) {
    if (isPersonalKey(inner, person)) return true
    if (traitsOf(inner).isPerson) person = inner
  }
  return false
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
