/** The border: an event in the clear goes in, one that cannot hold plain personal data comes out. */
import type { EnrichedEvent, SafeEvent, SafeUser, Sha256 } from '../event.js'
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
import type { Decision } from './privacy.js'

/** Normalises, hashes and drops what is empty. */
export function makeSafe(event: EnrichedEvent, decision: Decision): SafeEvent {
  const { properties } = event
  return {
    site: event.site.domain,
    source: event.source,
    event: event.event,
    eventId: event.eventId,
    eventTime: event.eventTime,
    receivedAt: event.receivedAt,
    user: safeUser(event.user, event.site.country),
    visitor: event.visitor,
    ...(event.page && { page: event.page }),
    ...(properties && { properties }),
    limitedDataUse: decision.limitedDataUse,
    privacyReason: decision.reason,
  }
}

/**
 * The person, field by field, under the same keys.
 * @param siteCountry default country of phone numbers
 */
export function safeUser(user: EnrichedEvent['user'], siteCountry?: string): SafeUser {
  const country = user.country === undefined ? undefined : normaliseCountry(user.country)
  const fields: { [key in keyof SafeUser]: SafeUser[key] | undefined } = {
    email: hashAll(user.email, normaliseEmail),
    phone: hashAll(user.phone, (phone) => normalisePhone(phone, siteCountry)),
    external_id: hashAll(user.external_id, normaliseExternalId),
    first_name: hashOne(user.first_name, normaliseName),
    last_name: hashOne(user.last_name, normaliseName),
    zip_code: hashOne(user.zip_code, (zip) => normaliseZip(zip, country)),
    city: user.city === undefined ? undefined : normaliseCity(user.city),
    state: user.state === undefined ? undefined : normaliseState(user.state),
    country,
    ttclid: user.ttclid,
    ttp: user.ttp,
    locale: user.locale === undefined ? undefined : normaliseLocale(user.locale),
  }
  const safe: Record<string, unknown> = {}
  for (const key in fields) {
    const value = fields[key as keyof SafeUser]
    if (value !== undefined) safe[key] = value
  }
  return safe as SafeUser
}

type Normalise = (value: string) => string | undefined

function hashOne(value: string | undefined, normalise: Normalise): Sha256 | undefined {
  if (value === undefined) return undefined
  const hashed = alreadyHashed(value.trim())
  if (hashed !== undefined) return hashed ?? undefined
  const normalised = normalise(value)
  return normalised === undefined ? undefined : sha256(normalised)
}

/** Element by element, without empties and repetitions; one left is a string. */
function hashAll(value: string | string[] | undefined, normalise: Normalise): Sha256 | Sha256[] | undefined {
  if (!Array.isArray(value)) return hashOne(value, normalise)
  const hashes = [...new Set(value.flatMap((entry) => hashOne(entry, normalise) ?? []))]
  return hashes.length > 1 ? hashes : hashes[0]
}
