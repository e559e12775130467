/** Checks numbers and texts in properties, where senders have keys of their own that no schema describes. */
import { redactText } from './personal-data.js'
import { isIdKey } from './personal-keys.js'
import type { Problem } from './problem.js'
import type { WarningRule } from './warning.js'

/** Characters of a text. */
export const maxText = 8_192

/** Beyond 2^53 different ids become the same number, so the sender must write them as texts. */
export const unsafeNumber = 'beyond 2^53, where JSON parsers round numbers: write it as a text'

/** A value that cannot stay as it is. */
export interface UnfitValue extends Problem {
  rule: WarningRule
  /** What stays of it. */
  remains?: string
}

/** Whether a value may be unfit; nearly none is. */
export const mayBeUnfit = (value: unknown): boolean =>
  typeof value === 'number'
    ? value > Number.MAX_SAFE_INTEGER || value < Number.MIN_SAFE_INTEGER
    : typeof value === 'string' && value.length > maxText

const inProperties = /^events\[\d+\]\.(properties[.[].*)$/s

/**
 * Finds infinite numbers, ids that JSON.parse has rounded, and long texts. Amounts may be large.
 * @param documented places that a schema checks, without indexes
 */
export function unfitValue(
  value: unknown,
  path: string,
  documented: ReadonlySet<string>,
): UnfitValue | undefined {
  const [, place] = inProperties.exec(path) ?? []
  if (place === undefined) return undefined
  const unfit = (rule: WarningRule, problem: string) => ({ path: redactText(path), problem, rule })
  if (typeof value === 'string') {
    if (documented.has(place.replaceAll(/\[\d+\]/g, '[]')) || [...value].length <= maxText) return undefined
    const problem = unfit('too_long', `longer than ${maxText} characters`)
    // A part of an id is another id.
    return isIdKey(path)
      ? problem
      : { ...problem, remains: value.slice(0, maxText).replace(/[\uD800-\uDBFF]$/, '') }
  }
  if (!Number.isFinite(value)) return unfit('invalid_value', 'larger than a number may be')
  return isIdKey(path) ? unfit('unsafe_number', unsafeNumber) : undefined
}
