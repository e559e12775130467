/** Checks the size and depth of a parsed body, and removes null values and characters that the store cannot keep. */
import { mayBeUnfit, type UnfitValue, unfitValue } from './own-values.js'
import { redactText } from './personal-data.js'
import { cutKey, type Problem } from './problem.js'
import { removeAbsent, type SentIndexes } from './sent-indexes.js'

export interface Limits {
  /** Nested lists and objects; the body itself counts as 1. */
  depth: number
  /** Keys of an object. */
  keys: number
  /** Entries of a list. */
  entries: number
  /** Keys that stay where an object loses some. */
  knownKeys?: ReadonlySet<string>
  /** Places whose values a schema checks, without indexes. */
  documented?: ReadonlySet<string>
}

/** Keys that could reach a prototype through a careless copy. */
const forbiddenKeys = new Set(['__proto__', 'constructor', 'prototype'])

// U+0000 and lone surrogates: PostgreSQL refuses them, and both databases must keep the same bytes.
// biome-ignore lint/suspicious/noControlCharactersInRegex: U+0000 is one of the characters to remove
const unstorable = /\u0000|[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/g

/**
 * Checks the limits in the whole body. Deletes `null` values, which mean "absent"; only the list of events keeps them,
 * as its positions are reported.
 * @param hasEscapes whether the text may hold unstorable characters; they are removed then
 * @param onRemoved what exceeds a limit is removed and reported here, except for events; without it, it is a problem
 * @param onUnfit receives values in properties that cannot stay; they are removed or cut
 * @param indexes receives the indexes of lists that lose entries
 * @returns the first problem, or nothing
 */
export function checkLimits(
  body: unknown,
  limits: Limits,
  hasEscapes: boolean,
  onRemoved?: (removed: Problem) => void,
  onUnfit: (unfit: UnfitValue) => void = () => {},
  indexes: SentIndexes = new Map(),
): Problem | undefined {
  return checkValue(body, '', 1, { limits, hasEscapes, onRemoved, onUnfit, indexes })
}

interface Check {
  limits: Limits
  hasEscapes: boolean
  onRemoved: ((removed: Problem) => void) | undefined
  onUnfit: (unfit: UnfitValue) => void
  indexes: SentIndexes
}

function checkValue(value: unknown, path: string, depth: number, check: Check): Problem | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  const { limits } = check
  if (depth > limits.depth)
    return { path: redactText(path), problem: `nested deeper than ${limits.depth} levels`, rule: 'too_deep' }
  return Array.isArray(value)
    ? checkList(value, path, depth, check)
    : checkObject(value as Record<string, unknown>, path, depth, check)
}

function checkList(list: unknown[], path: string, depth: number, check: Check): Problem | undefined {
  const { limits, hasEscapes, onRemoved } = check
  const isEvents = path === 'events'
  if (list.length > limits.entries) {
    const problem = `${list.length} entries, at most ${limits.entries} are allowed`
    if (!onRemoved || isEvents) return { path: redactText(path), problem, rule: 'too_many' }
    onRemoved({
      path: redactText(path),
      problem: `${list.length} entries were cut to ${limits.entries}`,
      rule: 'too_long',
    })
    list.length = limits.entries
  }
  let hasNull = false
  for (let index = 0; index < list.length; index++) {
    const entry = list[index]
    if (typeof entry === 'string') {
      if (hasEscapes) list[index] = entry.replace(unstorable, '')
    } else if (typeof entry === 'object') {
      const problem = checkValue(entry, `${path}[${index}]`, depth + 1, check)
      if (problem && !isRemoved(problem, check)) return problem
      if (problem) list[index] = null
      hasNull ||= list[index] === null
    }
    if (mayBeUnfit(entry)) {
      list[index] = checkOwnValue(list[index], `${path}[${index}]`, check)
      hasNull ||= list[index] === undefined
    }
  }
  if (hasNull && !isEvents) removeAbsent(list, path, check.indexes)
  return undefined
}

/** Whether a problem is the depth of a value that may be removed; reports it then. */
function isRemoved(problem: Problem, { onRemoved }: Check): boolean {
  if (!onRemoved || problem.rule !== 'too_deep') return false
  onRemoved({ ...problem, problem: `${problem.problem}; it was left out` })
  return true
}

function checkObject(
  record: Record<string, unknown>,
  path: string,
  depth: number,
  check: Check,
): Problem | undefined {
  const { limits, hasEscapes, onRemoved } = check
  const keyCount = Object.keys(record).length
  if (keyCount > limits.keys) {
    const problem = `${keyCount} keys, at most ${limits.keys} are allowed`
    if (!onRemoved) return { path: redactText(path), problem, rule: 'too_many' }
    onRemoved({
      path: redactText(path),
      problem: `${keyCount} keys were cut to ${limits.keys}`,
      rule: 'too_long',
    })
    removeKeys(record, limits)
  }
  if (hasEscapes) for (const key of Object.keys(record)) removeUnstorable(record, key)
  for (const key of Object.keys(record)) {
    if (forbiddenKeys.has(key))
      return {
        path: redactText(keyPath(path, key)),
        problem: 'this key is not allowed',
        rule: 'forbidden_key',
      }
    const value = record[key]
    if (value === null) delete record[key]
    else if (typeof value === 'object') {
      const problem = checkValue(value, keyPath(path, key), depth + 1, check)
      if (problem && !isRemoved(problem, check)) return problem
      if (problem) delete record[key]
    } else if (mayBeUnfit(value)) {
      const kept = checkOwnValue(value, keyPath(path, key), check)
      if (kept === undefined) delete record[key]
      else record[key] = kept
    }
  }
  return undefined
}

/** What becomes of a value that may be unfit; `undefined` where nothing remains. Reports it then. */
function checkOwnValue(value: unknown, path: string, { limits, onUnfit }: Check): unknown {
  const unfit = unfitValue(value, path, limits.documented ?? new Set())
  if (!unfit) return value
  onUnfit(unfit)
  return unfit.remains
}

const keyPath = (path: string, key: string) => (path === '' ? cutKey(key) : `${path}.${cutKey(key)}`)

/** Deletes the last keys above the limit, but no known or forbidden one: those are found later. */
function removeKeys(record: Record<string, unknown>, { keys: limit, knownKeys }: Limits): void {
  const isKept = (key: string) => forbiddenKeys.has(key) || knownKeys?.has(key)
  const others = Object.keys(record).filter((key) => !isKept(key))
  const excess = Object.keys(record).length - limit
  for (const key of others.slice(Math.max(0, others.length - excess))) delete record[key]
}

/** Removes unstorable characters from a text and its key. Deletes a key that is empty, taken or forbidden then. */
function removeUnstorable(record: Record<string, unknown>, key: string): void {
  const value = record[key]
  const storable = typeof value === 'string' ? value.replace(unstorable, '') : value
  const newKey = key.replace(unstorable, '')
  if (newKey === key) {
    record[key] = storable
    return
  }
  delete record[key]
  const isUsable = newKey !== '' && !Object.hasOwn(record, newKey) && !forbiddenKeys.has(newKey)
  if (isUsable) record[newKey] = storable
}
