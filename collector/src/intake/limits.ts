/** Checks the size and depth of a parsed body, and removes null values and characters that the store cannot keep. */
import type { Problem } from './problem.js'

export interface Limits {
  /** Nested lists and objects; the body itself counts as 1. */
  depth: number
  /** Keys of an object. */
  keys: number
  /** Entries of a list. */
  entries: number
}

/** Keys that could reach a prototype through a careless copy. */
const forbiddenKeys = new Set(['__proto__', 'constructor', 'prototype'])

// U+0000 and lone surrogates: PostgreSQL refuses them, and both databases must keep the same bytes.
// biome-ignore lint/suspicious/noControlCharactersInRegex: U+0000 is one of the characters to remove
const unstorable = /\u0000|[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/g

/**
 * Checks the limits in the whole body. Deletes `null` values, which mean "absent".
 * @param hasEscapes whether the text may hold unstorable characters; they are removed then
 * @returns the first problem, or nothing
 */
export function checkLimits(body: unknown, limits: Limits, hasEscapes: boolean): Problem | undefined {
  return checkValue(body, '', 1, { limits, hasEscapes })
}

interface Check {
  limits: Limits
  hasEscapes: boolean
}

function checkValue(value: unknown, path: string, depth: number, check: Check): Problem | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  const { limits } = check
  if (depth > limits.depth) return { path, problem: `nested deeper than ${limits.depth} levels` }
  return Array.isArray(value)
    ? checkList(value, path, depth, check)
    : checkObject(value as Record<string, unknown>, path, depth, check)
}

function checkList(list: unknown[], path: string, depth: number, check: Check): Problem | undefined {
  const { limits, hasEscapes } = check
  if (list.length > limits.entries)
    return { path, problem: `${list.length} entries, at most ${limits.entries} are allowed` }
  for (let index = 0; index < list.length; index++) {
    const entry = list[index]
    if (typeof entry === 'string') {
      if (hasEscapes) list[index] = entry.replace(unstorable, '')
    } else if (typeof entry === 'object') {
      const problem = checkValue(entry, `${path}[${index}]`, depth + 1, check)
      if (problem) return problem
    }
  }
  return undefined
}

function checkObject(
  record: Record<string, unknown>,
  path: string,
  depth: number,
  check: Check,
): Problem | undefined {
  const { limits, hasEscapes } = check
  const keyCount = Object.keys(record).length
  if (keyCount > limits.keys) return { path, problem: `${keyCount} keys, at most ${limits.keys} are allowed` }
  if (hasEscapes) for (const key of Object.keys(record)) removeUnstorable(record, key)
  for (const key of Object.keys(record)) {
    const keyPath = path === '' ? key : `${path}.${key}`
    if (forbiddenKeys.has(key)) return { path: keyPath, problem: 'this key is not allowed' }
    const value = record[key]
    if (value === null) delete record[key]
    else if (typeof value === 'object') {
      const problem = checkValue(value, keyPath, depth + 1, check)
      if (problem) return problem
    }
  }
  return undefined
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
