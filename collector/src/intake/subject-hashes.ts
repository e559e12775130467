/** Which hashes a person may be stored under, from what they say of themselves. */
import type { Sha256 } from '../event.js'
import { hashUser } from './hashed-event.js'

export interface Person {
  email?: string | undefined
  phone?: string | undefined
  externalId?: string | undefined
}

/**
 * @param countries default countries under which a national phone number may have been read
 * @returns no hash where nothing usable was given
 */
export function hashesOf(
  { email, phone, externalId }: Person,
  countries: readonly (string | undefined)[],
): Sha256[] {
  const hashes = new Set<Sha256>()
  for (const country of [undefined, ...countries]) {
    const user = hashUser(
      {
        ...(email !== undefined && { email }),
        ...(phone !== undefined && { phone }),
        ...(externalId !== undefined && { external_id: externalId }),
      },
      country,
    )
    for (const hash of [user.email, user.phone, user.external_id].flat()) if (hash) hashes.add(hash)
  }
  return [...hashes]
}
