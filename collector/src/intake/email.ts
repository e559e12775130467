/** Normalises e-mail addresses: removes what surrounds a single address, and refuses any other text. */
import { cleanToken, decodeEntities } from './clean-text.js'

/** RFC 5321 allows 254 characters. */
const maxLength = 254
/** Longer texts are not searched for an address. */
const maxWrapped = 1_000

/** The usual case, in which nothing is removed. */
const plain = /^[a-z\d](?:[\w.+-]*[\w+-])?@(?:[a-z\d-]+\.)+[a-z]{2,63}$/
/** Any address that a person can have: no quoted local part, no IP address, no host without a domain. */
const address =
  /^(?!\.)[^\s@"<>()[\]\\,;:]{1,64}(?<!\.)@(?:[\p{L}\p{M}\p{N}-]{1,63}\.)+(?:xn--[a-z\d-]{2,59}|\p{L}[\p{L}\p{M}]{1,62})$/u

const displayName = /^([^<>]*)<([^<>]*)>[^<>@]*$/
const mailto = /^mailto:([^?]*)/
const opening = /^[\s"'`´‘’‚‛“”„‟«»‹›<>()[\]{},;:]+/
const closing = /[\s"'`´‘’‚‛“”„‟«»‹›<>()[\]{},;:.!?]+$/

/** Lower case, without what programs put around an address: `Jane <mailto:jane@example.com?subject=x>,`. */
export function normaliseEmail(value: string): string | undefined {
  if (value.length > maxWrapped) return undefined
  const text = value.trim().toLowerCase()
  if (text.length <= maxLength && plain.test(text)) return text
  if (!text.includes('@') && !text.includes('&') && !text.includes('%')) return undefined
  const bare = unwrap(decodeEntities(cleanToken(text)).toLowerCase().normalize('NFC'))
  return bare !== undefined && bare.length <= maxLength && address.test(bare) ? bare : undefined
}

function unwrap(text: string): string | undefined {
  const [, name = '', inner = text] = displayName.exec(text) ?? []
  // Two different addresses are two readings.
  if (name.includes('@') && strip(name) !== strip(inner)) return undefined
  const [, encoded] = mailto.exec(strip(inner)) ?? []
  return encoded === undefined ? strip(inner) : strip(decodePercent(encoded))
}

const strip = (text: string) => text.replace(opening, '').replace(closing, '')

function decodePercent(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
