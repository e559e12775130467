/** Knows what is wrong with hashed personal data although TikTok takes it. */
import { at, listOf } from '../json.js'
import { type Finding, finding, type RuleId } from '../rules.js'

const HASHED = ['email', 'phone', 'external_id', 'first_name', 'last_name', 'zip_code'] as const
const PLAIN = ['city', 'state', 'country'] as const
const EMPTY_HASH = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'

const warnHash = (where: string, value: string, faults: ReadonlyMap<string, RuleId>): Finding[] => {
  if (value === '') return []
  if (!/^[0-9a-f]{64}$/i.test(value)) return [finding('TT-W04', where, 'plain text')]
  const found = value === value.toLowerCase() ? [] : [finding('TT-W03', where, value)]
  if (value.toLowerCase() === EMPTY_HASH) return [...found, finding('TT-W02', where, value)]
  const fault = faults.get(value.toLowerCase())
  return fault ? [...found, finding(fault, where, value)] : found
}

export const warnPerson = (event: unknown, path: string, faults: ReadonlyMap<string, RuleId>): Finding[] => {
  const user = at(event, 'user')
  const found: Finding[] = []
  for (const key of HASHED) {
    const value = at(user, key)
    if (typeof value === 'string') found.push(...warnHash(`${path}.user.${key}`, value, faults))
    for (const [i, entry] of listOf(value).entries())
      if (typeof entry === 'string') found.push(...warnHash(`${path}.user.${key}[${i}]`, entry, faults))
  }
  for (const key of PLAIN) {
    const value = at(user, key)
    if (typeof value === 'string' && /^[0-9a-f]{64}$/i.test(value))
      found.push(finding('TT-W23', `${path}.user.${key}`, value))
  }
  return found
}
