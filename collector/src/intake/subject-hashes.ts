/** Computes the hashes under which a person may be stored. */
import type { Sha256 } from '../event.js'
import { hashUser, ignoreWarnings } from './hashed-event.js'

/** A person by plain values or hashes. */
export interface Subject {
  email?: string | undefined
  phone?: string | undefined
  externalId?: string | undefined
}

/**
 * @param countries default countries with which a national phone number may have been read
 * @returns no hash where the subject has no usable value
 */
export function subjectHashes(
  { email, phone, externalId }: Subject,
  countries: readonly (string | undefined)[],
): Sha256[] {
  const values = {
    ...(email !== undefined && { email }),
    ...(phone !== undefined && { phone }),
    ...(externalId !== undefined && { external_id: externalId }),
  }
  const hashes = [undefined, ...countries].flatMap((country) => {
    const user = hashUser(values, ignoreWarnings, { country, phoneForms: ['digits'] })
    return [user.email, user.phone, user.phone_digits, user.external_id].flat()
  })
  return [...new Set(hashes.filter((hash) => hash !== undefined))]
}
