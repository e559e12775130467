/** What a person is known by in the store, when only that matters: hashes that tell nothing else. */
import { createHash } from 'node:crypto'
import type { HashedUser } from '../event.js'

const keys = ['email', 'phone', 'external_id', 'ttclid', 'ttp'] as const

/** One key for each thing that identifies; two events of one person share at least one. */
export function subjectKeys(user: HashedUser): string[] {
  return keys.flatMap((key) => {
    const values = [user[key] ?? []].flat()
    return values.map((value) => createHash('sha256').update(`${key}\n${value}`).digest('base64url'))
  })
}
