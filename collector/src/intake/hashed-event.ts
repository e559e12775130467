/** The border: an event in the clear goes in, one that cannot hold plain personal data comes out. */
import type { EnrichedEvent, HashedEvent, HashedUser, Sha256 } from '../event.js'
import type { Decision } from '../privacy/limited-data-use.js'
import { alreadyHashed, sha256 } from './hash.js'
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
import { scrubProperties, storableId } from './redact-properties.js'

/** Normalises, hashes and drops what is empty. */
export function hashEvent(event: EnrichedEvent, decision: Decision): HashedEvent {
  const safe: HashedEvent = {
    site: event.site.domain,
    source: event.source,
    event: event.event,
    eventId: storableId(event.eventId),
    eventTime: event.eventTime,
    receivedAt: event.receivedAt,
    user: hashUser(event.user, event.site.country, event),
    visitor: event.visitor,
    limitedDataUse: decision.limitedDataUse,
    privacyReason: decision.reason,
  }
  if (event.page) safe.page = event.page
  if (event.properties) safe.properties = scrubProperties(event.properties)
  return safe
}

/**
 * The person, field by field, under the same keys.
 * @param siteCountry default country of phone numbers
 * @param ids valid ids of click and browser; never hashed, never changed
 */
export function hashUser(
  user: EnrichedEvent['user'],
  siteCountry?: string,
  ids: Pick<EnrichedEvent, 'ttclid' | 'ttp'> = {},
): HashedUser {
  const country = user.country === undefined ? undefined : normaliseCountry(user.country)
  const safe: { -readonly [key in keyof HashedUser]: HashedUser[key] } = {}
  const put = <Key extends keyof HashedUser>(key: Key, value: HashedUser[Key] | undefined) => {
    if (value !== undefined) safe[key] = value
  }
  if (user.email !== undefined) put('email', hashAll(user.email, normaliseEmail))
  if (user.phone !== undefined)
    put(
      'phone',
      hashAll(user.phone, (phone) => normalisePhone(phone, siteCountry)),
    )
  if (user.external_id !== undefined) put('external_id', hashAll(user.external_id, normaliseExternalId))
  if (user.first_name !== undefined) put('first_name', hashOne(user.first_name, normaliseName))
  if (user.last_name !== undefined) put('last_name', hashOne(user.last_name, normaliseName))
  if (user.zip_code !== undefined)
    put(
      'zip_code',
      hashOne(user.zip_code, (zip) => normaliseZip(zip, country)),
    )
  if (user.city !== undefined) put('city', normaliseCity(user.city))
  if (user.state !== undefined) put('state', normaliseState(user.state))
  put('country', country)
  put('ttclid', ids.ttclid)
  put('ttp', ids.ttp)
  if (user.locale !== undefined) put('locale', normaliseLocale(user.locale))
  return safe
}

type Normalise = (value: string) => string | undefined

function hashOne(value: string, normalise: Normalise): Sha256 | undefined {
  const hashed = alreadyHashed(value.trim())
  if (hashed !== undefined) return hashed ?? undefined
  const normalised = normalise(value)
  return normalised === undefined ? undefined : sha256(normalised)
}

/** Element by element, without empties and repetitions; one left is a string. */
function hashAll(value: string | string[], normalise: Normalise): Sha256 | Sha256[] | undefined {
  if (!Array.isArray(value)) return hashOne(value, normalise)
  const hashes = [...new Set(value.flatMap((entry) => hashOne(entry, normalise) ?? []))]
  return hashes.length > 1 ? hashes : hashes[0]
}
