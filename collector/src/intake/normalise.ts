/**
 * Normalises personal fields before they are hashed, and coarse fields that are sent in plain text.
 * Follows TikTok's documentation, and docs/events.md where its sources disagree.
 * Each function gives `undefined` for a value that is left out.
 */
import { type CountryCode, isSupportedCountry, parsePhoneNumberFromString } from 'libphonenumber-js/min'
import { LRUCache } from 'lru-cache'
import { countryCodes } from '../region/countries.js'
import { stateCodes } from '../region/states.js'

const punctuation = /[\p{P}\p{S}]/gu
const unified = (text: string) => text.normalize('NFC').toLowerCase()
const orAbsent = (text: string) => (text === '' ? undefined : text)

/** Trimmed and in lower case. Requires one `@` with text on both sides, and no white space. */
export function normaliseEmail(value: string): string | undefined {
  const email = value.trim().toLowerCase()
  return /^[^\s@]+@[^\s@]+$/.test(email) ? email : undefined
}

const knownPhones = new LRUCache<string, string>({ max: 5_000 })

/** Longer texts are not parsed. */
const maxPhoneLength = 64

/**
 * E.164 with `+`. A number with a leading `+` is accepted even if the parser doubts it. Any other number must be
 * possible in the default country, or as an international number where it begins with `00`.
 * @param country upper-case ISO 3166-1
 */
export function normalisePhone(value: string, country?: string): string | undefined {
  const text = value.trim()
  if (text === '' || text.length > maxPhoneLength) return undefined
  const key = `${country ?? ''} ${text}`
  const known = knownPhones.get(key)
  if (known !== undefined) return orAbsent(known)
  const phone = parsePhone(text, country)
  knownPhones.set(key, phone ?? '')
  return phone
}

function parsePhone(text: string, country?: string): string | undefined {
  const region = country && isSupportedCountry(country) ? (country as CountryCode) : undefined
  const read = (digits: string) =>
    parsePhoneNumberFromString(digits, { ...(region && { defaultCountry: region }), extract: false })
  // Full-width digits become ASCII, and `(+1)` becomes `+1`.
  const digits = text.normalize('NFKC').replace(/^\((\+\d+)\)/, '$1')
  const first = read(digits)
  if (digits.startsWith('+')) return first?.number
  if (first?.isPossible()) return first.number
  if (!digits.startsWith('00')) return undefined
  const international = read(`+${digits.slice(2)}`)
  return international?.isPossible() ? international.number : undefined
}

/** Trimmed. Keeps the case, as ids may differ by case alone. */
export function normaliseExternalId(value: string): string | undefined {
  return orAbsent(value.trim())
}

/** Lower case without punctuation. Accents stay; white space becomes single spaces. */
export function normaliseName(value: string): string | undefined {
  return orAbsent(unified(value).replace(punctuation, '').replace(/\s+/g, ' ').trim())
}

/** Lower case without spaces and dashes; in the US the first five characters. */
export function normaliseZip(value: string, country?: string): string | undefined {
  const zip = value.toLowerCase().replace(/[\s\p{Pd}]/gu, '')
  return orAbsent(country === 'us' ? zip.slice(0, 5) : zip)
}

/** Lower case without spaces, punctuation and digits. Accents stay. Sent in plain text. */
export function normaliseCity(value: string): string | undefined {
  return orAbsent(unified(value).replace(/[\p{P}\p{S}\p{Nd}\s]/gu, ''))
}

/** Two lower-case letters. Names of US states become codes. Sent in plain text. */
export function normaliseState(value: string): string | undefined {
  const state = value.trim().toLowerCase()
  return /^[a-z]{2}$/.test(state) ? state : stateCodes[state.replace(/\s+/g, ' ')]
}

/** Lower-case ISO 3166-1 alpha-2. Sent in plain text. */
export function normaliseCountry(value: string): string | undefined {
  const country = value.trim().toLowerCase()
  return countryCodes.has(country) ? country : undefined
}

/** BCP 47 with hyphens. */
export function normaliseLocale(value: string): string | undefined {
  const locale = value.trim().replaceAll('_', '-')
  return /^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$/.test(locale) ? locale : undefined
}
