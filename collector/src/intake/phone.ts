/** Normalises phone numbers to E.164, and recognises international ones in texts. */
// `/max` knows the patterns of all kinds of numbers. With `/min` twice as many numbers are valid in a wrong country.
import { type CountryCode, isSupportedCountry, parsePhoneNumberFromString } from 'libphonenumber-js/max'
import { LRUCache } from 'lru-cache'
import { cleanToken } from './clean-text.js'

/** Longer texts are not parsed. */
const maxLength = 100

/** Shorter numbers after a `+` must be possible. Senders also test with longer ones that no country has. */
const minUncheckedDigits = 8

const knownPhones = new LRUCache<string, string>({ max: 5_000 })

/**
 * E.164 with `+`. With a leading `+` the number need not be valid, as new ranges appear before parsers know them. Without,
 * it must be valid in the first country, else in the second, else as an international number where it begins with `00`.
 * @param country the event's, upper-case ISO 3166-1
 * @param siteCountry the site's
 */
export function normalisePhone(value: string, country?: string, siteCountry?: string): string | undefined {
  if (value.length > maxLength) return undefined
  const key = `${country ?? ''} ${siteCountry ?? ''} ${value}`
  const known = knownPhones.get(key)
  if (known !== undefined) return known === '' ? undefined : known
  const phone = parsePhone(bareNumber(value), country === siteCountry ? [country] : [country, siteCountry])
  knownPhones.set(key, phone ?? '')
  return phone
}

const read = (number: string, defaultCountry?: CountryCode) =>
  parsePhoneNumberFromString(number, { ...(defaultCountry && { defaultCountry }), extract: false })

function parsePhone(number: string, countries: readonly (string | undefined)[]): string | undefined {
  if (number.startsWith('+')) {
    const phone = read(number)
    if (!phone) return undefined
    return phone.isPossible() || phone.number.length > minUncheckedDigits ? phone.number : undefined
  }
  for (const country of countries) {
    if (!country || !isSupportedCountry(country)) continue
    const phone = read(number, country)
    if (phone?.isValid()) return phone.number
  }
  if (!number.startsWith('00')) return undefined
  const international = read(`+${number.slice(2)}`)
  return international?.isValid() ? international.number : undefined
}

const scheme = /^(?:tel|callto|sms):/i
const context = /;phone-context=(\+[\d().-]+)/i
const around = /^[\s"'`‘’“”,;:<>[\]]+|[\s"'`‘’“”,;:.<>[\]]+$/g

/** Without invisible characters, quotes, `tel:` and its parameters. Full-width digits become ASCII, `(+1)` becomes `+1`. */
function bareNumber(value: string): string {
  const text = cleanToken(value).normalize('NFKC').replace(around, '')
  const number = scheme.test(text) ? withoutScheme(text.replace(scheme, '')) : text
  return number.replace(/^\((\+\d+)\)/, '$1')
}

/** RFC 3966: a local number names its prefix in a parameter. */
function withoutScheme(uri: string): string {
  const number = uri.replaceAll(/%2b/gi, '+').replaceAll('%20', ' ')
  const [, prefix = ''] = context.exec(number) ?? []
  const local = number.replace(/;.*$/, '')
  return local.startsWith('+') ? local : prefix + local
}

const candidate = /\+[\s(]{0,2}\d[\d\s()./-]{5,22}\d/g
/** A number may be followed by others: `+1 415 555 1234 2 pieces`. */
const maxReadings = 4

/** Parsing takes some 20 µs, and the texts of an event may hold thousands of candidates. */
export interface ParseBudget {
  parses: number
}

/** Removes valid numbers with `+` from a text, and all candidates when the budget is used up. */
export function removePhones(text: string, budget: ParseBudget): string {
  return text.replace(candidate, (match) => {
    let number = match
    for (let reading = 0; reading < maxReadings; reading++) {
      if (budget.parses-- <= 0) return ''
      if (read(number)?.isValid()) return match.slice(number.length)
      const end = number.search(/[^\d]+\d+$/)
      if (end < 7) return match
      number = number.slice(0, end)
    }
    return match
  })
}
