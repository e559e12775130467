/**
 * Normalises names, places and ids before they are hashed, and coarse fields that are sent in plain text.
 * Follows TikTok's documentation, and docs/events.md where its sources disagree.
 * Each function gives `undefined` for a value that is left out.
 */
import { countryCodes } from '../region/countries.js'
import { countryNamed } from '../region/country-names.js'
import { stateOf } from '../region/place.js'
import { cleanText, decodeEntities } from './clean-text.js'
import { containsEmail } from './personal-data.js'
import { isNobody } from './placeholder.js'

const punctuation = /[\p{P}\p{S}]/gu
const spacesAndDashes = /[\s\p{Pd}]/gu
const notInCities = /[\p{P}\p{S}\p{Nd}\s]/gu
/** Lower case in NFC: cleaned texts are in NFC, but the lower case of some is not. */
const lower = (text: string) => text.toLowerCase().normalize('NFC')
/**
 * What people type. `undefined` for what programs print for nothing, for entities that are not decoded, and for e-mail
 * addresses, which are in the wrong field.
 */
const typed = (value: string) => {
  const text = decodeEntities(cleanText(value))
  if (isNobody(text) || containsEmail(text)) return undefined
  return text.includes('&') && /&[a-z]+\d*;/i.test(text) ? undefined : text
}

/** Without its punctuation a text may turn out to be empty or a placeholder: `(undefined)`. */
function without(characters: RegExp, text: string): string | undefined {
  const rest = text.replace(characters, '')
  return rest.length < text.length && isNobody(rest) ? undefined : rest
}

/** Trimmed. Keeps the case, as ids may differ by case alone. */
export function normaliseExternalId(value: string): string | undefined {
  const id = cleanText(value)
  return isNobody(id) ? undefined : id
}

/** Lower case without punctuation. Accents stay; white space becomes single spaces. */
export function normaliseName(value: string): string | undefined {
  const name = typed(value)
  return name && without(punctuation, lower(name))?.replace(/\s+/g, ' ').trim()
}

/** Lower case without spaces and dashes; in the US the first five characters. */
export function normaliseZip(value: string, country?: string): string | undefined {
  const zip = typed(value)
  const bare = zip && without(spacesAndDashes, zip.toLowerCase())
  return country === 'us' ? bare?.slice(0, 5) : bare
}

/** Lower case without spaces, punctuation and digits. Accents stay. Sent in plain text. */
export function normaliseCity(value: string): string | undefined {
  const city = typed(value)
  return city && without(notInCities, lower(city))
}

/** Two lower-case letters. Names of US states become codes. Sent in plain text. */
export function normaliseState(value: string): string | undefined {
  const state = decodeEntities(cleanText(value)).toLowerCase()
  return /^[a-z]{2}$/.test(state) ? state : stateOf(state.replace(/\s+/g, ' '))?.toLowerCase()
}

/** Lower-case ISO 3166-1 alpha-2, also of alpha-3 codes and English names. Sent in plain text. */
export function normaliseCountry(value: string): string | undefined {
  const code = value.toLowerCase()
  if (countryCodes.has(code)) return code
  const country = decodeEntities(cleanText(value)).toLowerCase()
  return countryCodes.has(country) ? country : countryNamed(country)
}

/** BCP 47 with hyphens: the first one of an Accept-Language header, without the encoding of POSIX. */
export function normaliseLocale(value: string): string | undefined {
  if (containsEmail(value)) return undefined
  const locale = cleanText(value)
    .replace(/[\s,;.@].*$/, '')
    .replaceAll('_', '-')
  const isTag = /^[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*$/.test(locale)
  return isTag && !isNobody(locale) ? locale : undefined
}
