/** Removes personal data and secrets from page addresses. */
import { LRUCache } from 'lru-cache'
import { type ClickIdTable, clickIds } from '../click-ids.js'
import { containsEmail, isPersonText, isPhoneNumber } from './personal-data.js'
import { isIdKey, lastPart, traitsOf } from './personal-keys.js'

/** Parameters by the owner's own lists, in lower case. */
export interface ParameterLists {
  strip: ReadonlySet<string>
  keep: ReadonlySet<string>
  /** Click ids always stay; those of the vendors by default. */
  clickIds?: ClickIdTable
}

const noLists: ParameterLists = { strip: new Set(), keep: new Set() }

/** Whether it is a parameter of advertisements, whose ids may look like phone numbers and tokens. */
const isAdvertising = (key: string, table: ClickIdTable) =>
  /^utm_[a-z_]+$/i.test(key) || table.some(({ parameter }) => parameter === key.toLowerCase())
/**
 * Parameters in snake case that hold secrets of links, beside the secret keys of properties: `key` opens an order of
 * WooCommerce, `login` and `key` reset a password, `code` is from OAuth.
 */
const secretParameter =
  /^(key|code|hash|login|magic|magic_?link|invite|invitation|ticket|nonce)$|(^|_)(pass|auth|authorization|session|sid|sess_?id|sig|otp|(auth|authorization|access|verification|confirmation|login|reset)_?code|(order|reset|confirm|verify)_?hash|(activate|confirm|invite|verify|reset|magic|unsubscribe)_?(id|link))$/
const isSecretKey = (key: string) => secretParameter.test(lastPart(key))
const knownParameters = new LRUCache<string, boolean>({ max: 5_000, memoMethod: isSecretKey })
/** Long keys are not cached. */
const isSecretParameter = (key: string) => (key.length > 200 ? isSecretKey(key) : knownParameters.memo(key))

/** JSON Web Tokens, the keys of WooCommerce, and 32 letters and digits and more. */
const secretValue = /^eyJ[\w-]+\.[\w-]+|^wc_|^(?=.*\d)(?=.*[A-Za-z])[\w.~+/=-]{32,}$/

/** Folders of a path below which long random names open an order or an account. */
const secretFolder =
  /^(accounts?|activat(e|ion)|auth|carts?|checkouts?|confirm(ation)?|customers?|downloads?|invitations?|invites?|invoices?|login|magic([-_]?link)?|my[-_]?account|order[-_](received|status|confirmation|details?)|orders?|passwords?|pay|payments?|quotes?|receipts?|recover(y)?|reset([-_]?password)?|password[-_]?reset|sign[-_]?in|subscriptions?|tickets?|unsubscribe|users?|verif(y|ication)([-_]?e?mail)?)$/i
const uuid = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i
/** 16 letters and digits in a row, as no order number has: hex, or base64url. */
const longRun = /[A-Za-z\d]{16}/
const isToken = (segment: string) =>
  uuid.test(segment) || (longRun.test(segment) && /[A-Za-z]/.test(segment) && /\d/.test(segment))
/** The last part of a UUID has as many letters and digits in a row, and a longer token more. */
const shortestRun = 12

/** Whether a text may hold a token. A loop, because each address is searched: a pattern takes ten times as long. */
function mayHoldToken(text: string): boolean {
  let run = 0
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at) | 0x20
    const isLetterOrDigit = (code >= 0x61 && code <= 0x7a) || (code >= 0x30 && code <= 0x39)
    run = isLetterOrDigit ? run + 1 : 0
    if (run === shortestRun) return true
  }
  return false
}

/**
 * The address as it may be stored and sent: http(s) only, without user and password, without personal and secret
 * parameters in query and fragment, and without tokens in the path. The rest keeps its order and spelling.
 * @returns `undefined` for any other text
 */
export function redactUrl(text: string | undefined, lists: ParameterLists = noLists): string | undefined {
  if (text === undefined) return undefined
  const known = harmlessAddresses(lists)
  if (known.get(text)) return text
  const redacted = redact(text, lists)
  if (redacted === text && text.length <= maxKnownLength) known.set(text, true)
  return redacted
}

const knownByLists = new WeakMap<ParameterLists, LRUCache<string, true>>()
const maxKnownLength = 300

/** Addresses without anything to remove: a shop has few, and each arrives often. Others are not kept in memory. */
function harmlessAddresses(lists: ParameterLists): LRUCache<string, true> {
  let known = knownByLists.get(lists)
  if (known === undefined) {
    known = new LRUCache({ max: 2_000 })
    knownByLists.set(lists, known)
  }
  return known
}

function redact(text: string, lists: ParameterLists): string | undefined {
  if (!/^https?:\/\/[^/?#\s]+/i.test(text)) return undefined
  const fragmentAt = text.indexOf('#')
  const queryAt = text.indexOf('?')
  const end = fragmentAt === -1 ? text.length : fragmentAt
  const hasQuery = queryAt !== -1 && queryAt < end
  const path = text.slice(0, hasQuery ? queryAt : end)
  const query = hasQuery ? redactParameters(text.slice(queryAt + 1, end), lists) : ''
  const fragment = fragmentAt === -1 ? '' : redactFragment(text.slice(fragmentAt + 1), lists)
  return redactOrigin(path) + (query && `?${query}`) + (fragment && `#${fragment}`)
}

/** Removes user and password, and redacts the path. */
function redactOrigin(address: string): string {
  if (!needsRedaction(address)) return address
  const [scheme, , host = '', ...segments] = address.split('/')
  return [scheme, '', host.slice(host.lastIndexOf('@') + 1), ...redactSegments(segments)].join('/')
}

const needsRedaction = (path: string) =>
  path.includes('@') || path.includes('%') || path.includes(';') || mayHoldToken(path)

/** Empties segments with an e-mail address, and tokens below folders of orders and accounts. */
function redactSegments(segments: readonly string[]): string[] {
  let isSecretFolder = false
  return segments.map((segment) => {
    const name = decode(segment)
    const isSecret = containsEmail(name) || (isSecretFolder && isToken(name))
    isSecretFolder ||= secretFolder.test(name)
    return isSecret ? '' : segment.replace(/;j?sessionid=.*$/i, '')
  })
}

/** A fragment may be parameters, or a route with parameters behind it. */
function redactFragment(fragment: string, lists: ParameterLists): string {
  const queryAt = fragment.indexOf('?')
  if (queryAt !== -1) {
    const rest = redactParameters(fragment.slice(queryAt + 1), lists)
    return redactRoute(fragment.slice(0, queryAt)) + (rest && `?${rest}`)
  }
  if (fragment.includes('=')) return redactParameters(fragment, lists)
  return isSensitiveValue(decode(fragment)) ? '' : redactRoute(fragment)
}

function redactRoute(route: string): string {
  if (!route.includes('/') && isSensitiveValue(decode(route))) return ''
  return needsRedaction(route) ? redactSegments(route.split('/')).join('/') : route
}

function redactParameters(query: string, lists: ParameterLists): string {
  return query
    .split('&')
    .filter((pair) => mayStay(pair, lists))
    .join('&')
}

function mayStay(pair: string, { strip, keep, clickIds: table = clickIds }: ParameterLists): boolean {
  const at = pair.indexOf('=')
  const key = decode(at === -1 ? pair : pair.slice(0, at))
  const value = at === -1 ? '' : decode(pair.slice(at + 1))
  if (strip.has(key.toLowerCase())) return false
  if (keep.has(key.toLowerCase())) return !containsEmail(value)
  if (isAdvertising(key, table)) return !containsEmail(value) && !isFormattedPhone(value)
  const { personal, isParty } = traitsOf(key)
  if (personal || containsEmail(key) || isSecretParameter(key) || isNameAlone(key)) return false
  if (isParty && value.includes(' ') && isPersonText(value)) return false
  if (/^\d+$/.test(value) && isIdKey(key)) return true
  return !isSensitiveValue(value)
}

/** In an address `name` comes from a form. Products have it as `product[name]`. */
const isNameAlone = (key: string) => key.length <= 5 && /^names?$/i.test(key)

/** A phone number that is no mere number: with `+`, `00` or separators. */
const isFormattedPhone = (value: string) => isPhoneNumber(value, 1) && /[^\d]|^00/.test(value)

function isSensitiveValue(value: string): boolean {
  return containsEmail(value) || isPhoneNumber(value) || secretValue.test(value) || isEncodedEmail(value)
}

function isEncodedEmail(value: string): boolean {
  return /^[\w+/-]{10,}={0,2}$/.test(value) && containsEmail(Buffer.from(value, 'base64').toString('latin1'))
}

const asciiEscape = /%([2-7][\da-f])/gi

/** Percent-decodes at most twice, as links are often wrapped in links. Of other encodings than UTF-8 only ASCII. */
function decode(text: string): string {
  let decoded = text.replaceAll('+', ' ')
  for (let pass = 0; pass < 2 && decoded.includes('%'); pass++) {
    try {
      decoded = decodeURIComponent(decoded)
    } catch {
      decoded = decoded.replace(asciiEscape, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)))
    }
  }
  return decoded
}
