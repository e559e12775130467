/** Warns about the hashed and plain personal data in `user`. */
import { arrayOrEmpty, at } from '../json.js'
import { createFinding, type Finding, type RuleId } from '../rules.js'
import { warnUserPlaceholders } from './placeholder.js'

const HASHED = ['email', 'phone', 'external_id', 'first_name', 'last_name', 'zip_code'] as const
const PLAIN = ['city', 'state', 'country'] as const
const EMPTY_HASH = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'

const warnHash = (where: string, value: string, knownBadHashes: ReadonlyMap<string, RuleId>): Finding[] => {
  if (value === '') return []
  if (!/^[0-9a-f]{64}$/i.test(value)) return [createFinding('TT-W04', where, 'plain text')]
  const found = value === value.toLowerCase() ? [] : [createFinding('TT-W03', where, value)]
  if (value.toLowerCase() === EMPTY_HASH) return [...found, createFinding('TT-W02', where, value)]
  const brokenRule = knownBadHashes.get(value.toLowerCase())
  return brokenRule ? [...found, createFinding(brokenRule, where, value)] : found
}

export const warnUser = (
  event: unknown,
  path: string,
  knownBadHashes: ReadonlyMap<string, RuleId>,
): Finding[] => {
  const user = at(event, 'user')
  const found = warnUserPlaceholders(event, path)
  for (const key of HASHED) {
    const value = at(user, key)
    if (typeof value === 'string') found.push(...warnHash(`${path}.user.${key}`, value, knownBadHashes))
    for (const [i, entry] of arrayOrEmpty(value).entries())
      if (typeof entry === 'string')
        found.push(...warnHash(`${path}.user.${key}[${i}]`, entry, knownBadHashes))
  }
  for (const key of PLAIN) {
    const value = at(user, key)
    if (typeof value === 'string' && /^[0-9a-f]{64}$/i.test(value))
      found.push(createFinding('TT-W23', `${path}.user.${key}`, value))
  }
  return found
}
