/**
 * How each personal field looks before it is hashed, and the plain form of the coarse ones.
 * Rules as TikTok documents them, and as decided where its sources disagree (docs/events.md).
 * Every function gives `undefined` for a value that must be left out.
 */

import { type CountryCode, isSupportedCountry, parsePhoneNumberFromString } from 'libphonenumber-js/min'
import { LRUCache } from 'lru-cache'
import { countryCodes } from '../region/countries.js'
import { stateCodes } from '../region/states.js'

const punctuation = /[\p{P}\p{S}]/gu
const inOrder = (text: string) => text.normalize('NFC').toLowerCase()
const orAbsent = (text: string) => (text === '' ? undefined : text)

/** Trimmed and lower-case; one `@` with text on both sides and no white space inside. */
export function normaliseEmail(value: string): string | undefined {
  const email = value.trim().toLowerCase()
  return /^[^\s@]+@[^\s@]+$/.test(email) ? email : undefined
}

const phones = new LRUCache<string, string>({ max: 5_000 })

/**
 * E.164 with `+`. With a leading `+` the parser's form is sent even where it doubts the number;
 * without one only what is possible in the site's default country, then with `00` read as `+`.
 */
export function normalisePhone(value: string, country?: string): string | undefined {
  const text = value.trim()
  if (text === '' || text.length > 64) return undefined
  const key = `${country ?? ''} ${text}`
  const known = phones.get(key)
  if (known !== undefined) return orAbsent(known)
  const phone = parsePhone(text, country)
  phones.set(key, phone ?? '')
  return phone
}

function parsePhone(text: string, country?: string): string | undefined {
  const region = country && isSupportedCountry(country) ? (country as CountryCode) : undefined
  const read = (digits: string) =>
    parsePhoneNumberFromString(digits, { ...(region && { defaultCountry: region }), extract: false })
  // Full-width digits become plain ones, and `(+1)` is `+1`.
  const digits = text.normalize('NFKC').replace(/^\((\+\d+)\)/, '$1')
  const first = read(digits)
  if (digits.startsWith('+')) return first?.number
  if (first?.isPossible()) return first.number
  if (!digits.startsWith('00')) return undefined
  const international = read(`+${digits.slice(2)}`)
  return international?.isPossible() ? international.number : undefined
}

/** Trimmed; case is kept, as ids may differ by case alone. */
export function normaliseExternalId(value: string): string | undefined {
  return orAbsent(value.trim())
}

/** Lower-case without punctuation; letters with accents stay, inner white space is one space. */
export function normaliseName(value: string): string | undefined {
  return orAbsent(inOrder(value).replace(punctuation, '').replace(/\s+/g, ' ').trim())
}

/** Lower-case without spaces and dashes; for the US the first five characters. */
export function normaliseZip(value: string, country?: string): string | undefined {
  const zip = value.toLowerCase().replace(/[\s\p{Pd}]/gu, '')
  return orAbsent(country === 'us' ? zip.slice(0, 5) : zip)
}

/** Lower-case without spaces, punctuation and digits; letters with accents stay. Sent plain. */
export function normaliseCity(value: string): string | undefined {
  return orAbsent(inOrder(value).replace(/[\p{P}\p{S}\p{Nd}\s]/gu, ''))
}

/** Two lower-case letters; names of US states become their code. Sent plain. */
export function normaliseState(value: string): string | undefined {
  const state = value.trim().toLowerCase()
  return /^[a-z]{2}$/.test(state) ? state : stateCodes[state.replace(/\s+/g, ' ')]
}

/** Lower-case ISO 3166-1 alpha-2. Sent plain. */
export function normaliseCountry(value: string): string | undefined {
  const country = value.trim().toLowerCase()
  return countryCodes.has(country) ? country : undefined
}

/** BCP 47 with hyphens. */
export function normaliseLocale(value: string): string | undefined {
  const locale = value.trim().replaceAll('_', '-')
  return /^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$/.test(locale) ? locale : undefined
}
