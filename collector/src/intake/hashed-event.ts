/** Turns an event with plain personal data into one that cannot hold any. */
import type { EnrichedEvent, HashedEvent, HashedUser, PhoneForm, Sha256 } from '../event.js'
import type { LimitedDataUseDecision } from '../privacy/limited-data-use.js'
import { parseSha256, sha256 } from './hash.js'
import {
  normaliseCity,
  normaliseCountry,
  normaliseEmail,
  normaliseExternalId,
  normaliseLocale,
  normaliseName,
  normalisePhone,
  normaliseState,
  normaliseZip,
} from './normalise.js'
import { redactId, redactProperties } from './redact-properties.js'

/** Normalises and hashes the user, redacts properties and id, and leaves out empty fields. */
export function hashEvent(event: EnrichedEvent, decision: LimitedDataUseDecision): HashedEvent {
  const hashed: HashedEvent = {
    site: event.site.domain,
    source: event.source,
    event: event.event,
    eventId: redactId(event.eventId),
    eventTime: event.eventTime,
    receivedAt: event.receivedAt,
    user: hashUser(event.user, {
      country: event.site.country,
      phoneForms: event.site.phoneForms,
      clickIds: event.clickIds,
    }),
    visitor: event.visitor,
    limitedDataUse: decision.limitedDataUse,
    privacyReason: decision.reason,
  }
  if (event.page) hashed.page = event.page
  if (event.properties) hashed.properties = redactProperties(event.properties)
  return hashed
}

export interface HashOptions {
  /** Default country of phone numbers. */
  country?: string | undefined
  /** Forms of the phone number besides E.164. */
  phoneForms?: readonly PhoneForm[] | undefined
  /** Valid ids of click and browser; never hashed, never changed. */
  clickIds?: EnrichedEvent['clickIds']
}

/** Hashes the fields of a user, under the same keys. */
export function hashUser(
  user: EnrichedEvent['user'],
  { country: siteCountry, phoneForms = [], clickIds = {} }: HashOptions = {},
): HashedUser {
  const hashed: HashedUser = {}
  const put = <Key extends keyof HashedUser>(key: Key, value: HashedUser[Key] | undefined) => {
    if (value !== undefined) hashed[key] = value
  }
  const country = plain(user.country, normaliseCountry)
  put('email', hashAll(user.email, normaliseEmail))
  put(
    'phone',
    hashAll(user.phone, (phone) => normalisePhone(phone, siteCountry)),
  )
  if (phoneForms.includes('digits'))
    put(
      'phone_digits',
      hashAll(user.phone, (phone) => normalisePhone(phone, siteCountry)?.slice(1)),
    )
  put('external_id', hashAll(user.external_id, normaliseExternalId))
  put('first_name', hashOne(user.first_name, normaliseName))
  put('last_name', hashOne(user.last_name, normaliseName))
  put(
    'zip_code',
    hashOne(user.zip_code, (zip) => normaliseZip(zip, country)),
  )
  put('city', plain(user.city, normaliseCity))
  put('state', plain(user.state, normaliseState))
  put('country', country)
  Object.assign(hashed, clickIds)
  put('locale', plain(user.locale, normaliseLocale))
  return hashed
}

type Normalise = (value: string) => string | undefined

const plain = (value: string | undefined, normalise: Normalise) =>
  value === undefined ? undefined : normalise(value)

function hashOne(value: string | undefined, normalise: Normalise): Sha256 | undefined {
  if (value === undefined) return undefined
  const hash = parseSha256(value.trim())
  if (hash !== undefined) return hash ?? undefined
  const normalised = normalise(value)
  return normalised === undefined ? undefined : sha256(normalised)
}

/** Hashes each entry of a list, without empty and repeated ones. A single hash is not a list. */
function hashAll(value: string | string[] | undefined, normalise: Normalise): Sha256 | Sha256[] | undefined {
  if (!Array.isArray(value)) return hashOne(value, normalise)
  const hashes = [...new Set(value.flatMap((entry) => hashOne(entry, normalise) ?? []))]
  return hashes.length > 1 ? hashes : hashes[0]
}
