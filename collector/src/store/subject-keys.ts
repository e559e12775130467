/** Derives the keys by which the store recognises a person: hashes that reveal nothing else. */
import { createHash } from 'node:crypto'
import { type HashedUser, identifiersOf } from '../event.js'

/** One key for each identifier of the user. Two events of one person share at least one. */
export function subjectKeys(user: HashedUser): string[] {
  return identifiersOf(user).map(([identifier, value]) =>
    createHash('sha256').update(`${identifier}\n${value}`).digest('base64url'),
  )
}
