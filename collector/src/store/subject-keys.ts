/** Derives the keys by which the store recognises a person: hashes that reveal nothing else. */
import { createHash } from 'node:crypto'
import type { HashedUser } from '../event.js'

const identifiers = ['email', 'phone', 'external_id', 'ttclid', 'ttp'] as const

/** One key for each identifier of the user. Two events of one person share at least one. */
export function subjectKeys(user: HashedUser): string[] {
  return identifiers.flatMap((identifier) => {
    const values = [user[identifier] ?? []].flat()
    return values.map((value) => createHash('sha256').update(`${identifier}\n${value}`).digest('base64url'))
  })
}
