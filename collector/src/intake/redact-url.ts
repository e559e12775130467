/** Removes personal data and secrets from page addresses. */
import { type ClickIdTable, clickIds } from '../click-ids.js'
import { containsEmail, isIdKey, isPersonalKey, isPhoneNumber } from './personal-data.js'

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
/** Parameters that hold secrets, such as `access_token` and `user[password]`. */
const secretParameter =
  /(^|[_.\-[])(password|passwd|pwd|pass|secret|token|auth|authorization|jwt|session|sessionid|sid|api_?key|access_?key|signature|sig|otp)(\]|$)/i
/** JSON Web Tokens, and 32 letters and digits and more. */
const secretValue = /^eyJ[\w-]+\.[\w-]+|^(?=.*\d)(?=.*[A-Za-z])[\w.~+/=-]{32,}$/

/**
 * The address as it may be stored and sent: http(s) only, without user and password, and without personal and secret
 * parameters in query and fragment. The rest keeps its order and spelling.
 * @returns `undefined` for any other text
 */
export function redactUrl(text: string | undefined, lists: ParameterLists = noLists): string | undefined {
  if (text === undefined || !/^https?:\/\/[^/?#\s]+/i.test(text)) return undefined
  const hasAt = text.includes('@') || text.includes('%40')
  const fragmentAt = text.indexOf('#')
  const queryAt = text.indexOf('?')
  if (!hasAt && fragmentAt === -1 && queryAt === -1) return text
  const end = fragmentAt === -1 ? text.length : fragmentAt
  const hasQuery = queryAt !== -1 && queryAt < end
  const path = text.slice(0, hasQuery ? queryAt : end)
  const query = hasQuery ? redactParameters(text.slice(queryAt + 1, end), lists) : ''
  const fragment = fragmentAt === -1 ? '' : redactFragment(text.slice(fragmentAt + 1), lists)
  return (hasAt ? redactPath(path) : path) + (query && `?${query}`) + (fragment && `#${fragment}`)
}

/** Removes user and password, and empties segments with an e-mail address. */
function redactPath(path: string): string {
  const [scheme, , host = '', ...rest] = path.split('/')
  const segments = rest.map((segment) => (containsEmail(decode(segment)) ? '' : segment))
  return [scheme, '', host.slice(host.lastIndexOf('@') + 1), ...segments].join('/')
}

/** A fragment may be parameters, or a route with parameters behind it. */
function redactFragment(fragment: string, lists: ParameterLists): string {
  const queryAt = fragment.indexOf('?')
  if (queryAt !== -1) {
    const rest = redactParameters(fragment.slice(queryAt + 1), lists)
    return fragment.slice(0, queryAt) + (rest && `?${rest}`)
  }
  if (fragment.includes('=')) return redactParameters(fragment, lists)
  return isSensitiveValue(decode(fragment)) ? '' : fragment
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
  if (containsEmail(key) || isPersonalKey(key) || secretParameter.test(key)) return false
  if (/^\d+$/.test(value) && isIdKey(key)) return true
  return !isSensitiveValue(value)
}

/** A phone number that is no mere number: with `+`, `00` or separators. */
const isFormattedPhone = (value: string) => isPhoneNumber(value, 1) && /[^\d]|^00/.test(value)

function isSensitiveValue(value: string): boolean {
  return containsEmail(value) || isPhoneNumber(value) || secretValue.test(value) || isEncodedEmail(value)
}

function isEncodedEmail(value: string): boolean {
  return /^[\w+/-]{10,}={0,2}$/.test(value) && containsEmail(Buffer.from(value, 'base64').toString('latin1'))
}

/** Percent-decodes at most twice, as links are often wrapped in links. Undecodable text stays as it is. */
function decode(text: string): string {
  let decoded = text.replaceAll('+', ' ')
  for (let pass = 0; pass < 2 && decoded.includes('%'); pass++) {
    try {
      decoded = decodeURIComponent(decoded)
    } catch {
      break
    }
  }
  return decoded
}
