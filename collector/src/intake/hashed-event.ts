/** Turns an event with plain personal data into one that cannot hold any. */
import { clickIds as allClickIds } from '../click-ids.js'
import type { EnrichedEvent, HashedEvent, HashedUser, PhoneForm, Sha256, Visitor } from '../event.js'
import type { LimitedDataUseDecision } from '../privacy/limited-data-use.js'
import { cleanText } from './clean-text.js'
import { validId } from './click-id.js'
import { normaliseEmail } from './email.js'
import { parseSha256, sha256 } from './hash.js'
import {
  normaliseCity,
  normaliseCountry,
  normaliseExternalId,
  normaliseLocale,
  normaliseName,
  normaliseState,
  normaliseZip,
} from './normalise.js'
import { normalisePhone } from './phone.js'
import { isNobody } from './placeholder.js'
import { redactId, redactProperties } from './redact-properties.js'
import type { Warn, WarningRule } from './warning.js'

/**
 * Normalises and hashes the user, redacts properties and id, and leaves out empty fields.
 * @param warn receives what is left out and what is replaced
 */
export function hashEvent(event: EnrichedEvent, decision: LimitedDataUseDecision, warn: Warn): HashedEvent {
  const { site, user, clickIds, visitor } = event
  const hashed: HashedEvent = {
    site: site.domain,
    source: event.source,
    event: event.event,
    eventId: redactId(event.eventId, warn),
    eventTime: event.eventTime,
    receivedAt: event.receivedAt,
    user: hashUser(user, warn, { country: site.country, phoneForms: site.phoneForms, clickIds }),
    visitor,
    limitedDataUse: decision.limitedDataUse,
    privacyReason: decision.reason,
  }
  if (event.page) hashed.page = event.page
  if (event.properties) hashed.properties = redactProperties(event.properties, warn)
  warnOfClickIds(user, warn)
  if (event.source === 'server') warnOfVisitor(user, visitor, warn)
  return hashed
}

export interface HashOptions {
  /** Country of the site: the default of phone numbers where the user has none. */
  country?: string | undefined
  /** Forms of the phone number besides E.164. */
  phoneForms?: readonly PhoneForm[] | undefined
  /** Valid ids of click and browser; never hashed, never changed. */
  clickIds?: EnrichedEvent['clickIds']
}

/** For callers that need the hashes only. */
export const ignoreWarnings: Warn = () => {}

/** Hashes the fields of a user, under the same keys. */
export function hashUser(
  user: EnrichedEvent['user'],
  warn: Warn,
  { country: siteCountry, phoneForms = [], clickIds = {} }: HashOptions = {},
): HashedUser {
  const hashed: HashedUser = {}
  const put = <Key extends keyof HashedUser>(key: Key, value: HashedUser[Key] | undefined) => {
    if (value !== undefined) hashed[key] = value
  }
  const country = plain('country', user.country, normaliseCountry, warn)
  put('email', hashAll('email', user.email, normaliseEmail, warn))
  const e164 = (phone: string) => normalisePhone(phone, country?.toUpperCase(), siteCountry)
  put('phone', hashAll('phone', user.phone, e164, warn))
  if (phoneForms.includes('digits'))
    put(
      'phone_digits',
      hashAll('phone', user.phone, (phone) => e164(phone)?.slice(1), ignoreWarnings),
    )
  put('external_id', hashAll('external_id', user.external_id, normaliseExternalId, warn))
  put('first_name', hashOne('first_name', user.first_name, normaliseName, warn))
  put('last_name', hashOne('last_name', user.last_name, normaliseName, warn))
  put(
    'zip_code',
    hashOne('zip_code', user.zip_code, (zip) => normaliseZip(zip, country), warn),
  )
  put('city', plain('city', user.city, normaliseCity, warn))
  put('state', plain('state', user.state, normaliseState, warn))
  put('country', country)
  Object.assign(hashed, clickIds)
  put('locale', plain('locale', user.locale, normaliseLocale, warn))
  return hashed
}

type Normalise = (value: string) => string | undefined

/** What a field must be, for the warning about a value that is left out. */
const expected = {
  email: 'not a single e-mail address',
  phone:
    "not a valid phone number of the event's country or the site's; write it with + and the country code",
  external_id: 'empty',
  first_name: 'no name',
  last_name: 'no name',
  zip_code: 'no postal code',
  city: 'no name of a city',
  state: 'neither two letters nor the name of a US state',
  country: 'no country of ISO 3166-1',
  locale: 'not a language tag such as en-US',
} as const

type Field = keyof typeof expected

const rules: Partial<Record<Field, WarningRule>> = { email: 'invalid_email', phone: 'invalid_phone' }

function plain(
  field: Field,
  value: string | undefined,
  normalise: Normalise,
  warn: Warn,
): string | undefined {
  if (value === undefined) return undefined
  const normalised = normalise(value)
  if (normalised === undefined) warnOf(field, value, `user.${field}`, warn)
  return normalised
}

function hashOne(
  field: Field,
  value: string | undefined,
  normalise: Normalise,
  warn: Warn,
  path?: string,
): Sha256 | undefined {
  if (value === undefined) return undefined
  const hash = parseSha256(value)
  if (hash) return hash
  const normalised = hash === null ? undefined : normalise(value)
  if (normalised !== undefined) return sha256(normalised)
  if (hash === null) warn('placeholder', path ?? `user.${field}`, 'the hash of an empty or missing value')
  else warnOf(field, value, path ?? `user.${field}`, warn)
  return undefined
}

/** Hashes each entry of a list, without empty and repeated ones. A single hash is not a list. */
function hashAll(
  field: Field,
  value: string | string[] | undefined,
  normalise: Normalise,
  warn: Warn,
): Sha256 | Sha256[] | undefined {
  if (!Array.isArray(value)) return hashOne(field, value, normalise, warn)
  const entries = value.flatMap(
    (entry, at) => hashOne(field, entry, normalise, warn, `user.${field}[${at}]`) ?? [],
  )
  const hashes = [...new Set(entries)]
  return hashes.length > 1 ? hashes : hashes[0]
}

/** An empty value is absent, which needs no warning. */
function warnOf(field: Field, value: string, path: string, warn: Warn): void {
  const text = cleanText(value)
  if (text === '') return
  if (isNobody(text)) warn('placeholder', path, 'a placeholder for a missing value; it is left out')
  else warn(rules[field] ?? 'invalid_user_value', path, `${expected[field]}; it is left out`)
}

function warnOfVisitor(user: EnrichedEvent['user'], visitor: Visitor, warn: Warn): void {
  if (user.ip && visitor.ip === undefined)
    warn('private_address', 'user.ip', 'not a public IP address; it is left out')
  if (user.user_agent && visitor.userAgent === undefined)
    warn('placeholder', 'user.user_agent', 'a placeholder for a missing value; it is left out')
}

function warnOfClickIds(user: EnrichedEvent['user'], warn: Warn): void {
  for (const row of allClickIds) {
    const id = user[row.key]
    if (id === undefined || id === '' || validId(row, id) !== undefined) continue
    const path = `user.${row.key}`
    if (isNobody(id)) warn('placeholder', path, 'a placeholder, not a click id; it is left out')
    else warn('invalid_click_id', path, `not a ${row.key}: other characters, or too long; it is left out`)
  }
}
