/** What a page address may say: parameters that look like an e-mail, a phone number or a token are taken out. */

/** Names of parameters by the owner's own lists, in lower case. */
export interface ParameterLists {
  strip: ReadonlySet<string>
  keep: ReadonlySet<string>
}

const noLists: ParameterLists = { strip: new Set(), keep: new Set() }

/** Parameters that are ours to keep, whatever they look like. */
const kept = /^(ttclid|utm_[a-z_]+)$/i
const personal =
  /(^|[_.\-[])(e-?mail|mail|phone|tel|telephone|mobile|first_?name|last_?name|full_?name|password|passwd|pwd|pass|secret|token|auth|authorization|jwt|session|sessionid|sid|api_?key|access_?key|signature|sig|otp)(\]|$)/i
const identifies = /(^|[_-])(id|ids|sku|variant|product|item|order|page|ref)$/i
/** One character before and behind is enough to know: searching for all of them takes the square of the time. */
const email = /[^\s@]@[^\s@]+\.[^\s@]/
const phone = /^\s*(\+|00)[\d\s().-]{7,20}$|^\s*[\d(][\d\s().-]{8,20}$/
const token = /^eyJ[\w-]+\.[\w-]+|^(?=.*\d)(?=.*[A-Za-z])[\w.~+/=-]{32,}$/

/**
 * The address as may be stored and sent: http(s) only, without user-info and without such parameters in the
 * query or the fragment; `undefined` for what is no web address. Order and spelling of the rest stay.
 */
export function cleanUrl(text: string | undefined, lists: ParameterLists = noLists): string | undefined {
  if (text === undefined || !/^https?:\/\/[^\s/?#]+/i.test(text)) return undefined
  const plain = text.indexOf('@') === -1 && text.indexOf('%40') === -1
  const fragmentAt = text.indexOf('#')
  const queryAt = text.indexOf('?')
  if (plain && fragmentAt === -1 && queryAt === -1) return text
  const end = fragmentAt === -1 ? text.length : fragmentAt
  const hasQuery = queryAt !== -1 && queryAt < end
  const path = text.slice(0, hasQuery ? queryAt : end)
  const query = hasQuery ? cleanParameters(text.slice(queryAt + 1, end), lists) : ''
  const fragment = fragmentAt === -1 ? '' : cleanFragment(text.slice(fragmentAt + 1), lists)
  return (plain ? path : cleanPath(path)) + (query && `?${query}`) + (fragment && `#${fragment}`)
}

/** User-info goes, and so do e-mail addresses inside the path. */
function cleanPath(path: string): string {
  const [scheme, , host = '', ...rest] = path.split('/')
  const segments = rest.map((segment) => (email.test(decode(segment)) ? '' : segment))
  return [scheme, '', host.slice(host.lastIndexOf('@') + 1), ...segments].join('/')
}

function cleanFragment(fragment: string, lists: ParameterLists): string {
  const queryAt = fragment.indexOf('?')
  if (queryAt !== -1) {
    const rest = cleanParameters(fragment.slice(queryAt + 1), lists)
    return fragment.slice(0, queryAt) + (rest && `?${rest}`)
  }
  return fragment.includes('=')
    ? cleanParameters(fragment, lists)
    : looksPersonal(decode(fragment))
      ? ''
      : fragment
}

function cleanParameters(query: string, lists: ParameterLists): string {
  return query
    .split('&')
    .filter((pair) => mayStay(pair, lists))
    .join('&')
}

function mayStay(pair: string, { strip, keep }: ParameterLists): boolean {
  const at = pair.indexOf('=')
  const key = decode(at === -1 ? pair : pair.slice(0, at))
  const value = at === -1 ? '' : decode(pair.slice(at + 1))
  if (strip.has(key.toLowerCase())) return false
  if (keep.has(key.toLowerCase())) return !email.test(value)
  // Ids of advertisements have as many digits as a phone, but no plus sign and no separators.
  if (kept.test(key)) return !email.test(value) && !(phone.test(value) && /[^\d]|^00/.test(value))
  if (email.test(key) || personal.test(key)) return false
  // Shops number their variants and orders with as many digits as a phone has.
  if (identifies.test(key) && /^\d+$/.test(value)) return true
  return !looksPersonal(value)
}

function looksPersonal(value: string): boolean {
  if (/^[\w+/-]{10,}={0,2}$/.test(value) && email.test(Buffer.from(value, 'base64').toString('latin1')))
    return true
  return email.test(value) || (phone.test(value) && countDigits(value) >= 9) || token.test(value)
}

const countDigits = (value: string) => value.replace(/\D/g, '').length

/** Percent-decoded twice at most (links are often wrapped in links); undecodable text stays as it is. */
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
