/** How big and how deep a parsed body may be, whatever it means; and what is removed from it in passing. */
import type { Problem } from './problem.js'

export interface Limits {
  /** Nested containers, the body itself counted as 1. */
  depth: number
  /** Keys an object. */
  keys: number
  /** Entries a list. */
  entries: number
}

/** Keys that could reach a prototype when a careless copy is made; no honest body has them. */
const forbidden = new Set(['__proto__', 'constructor', 'prototype'])

// U+0000 and lone surrogates: PostgreSQL refuses them, and both stores must keep the same bytes.
// biome-ignore lint/suspicious/noControlCharactersInRegex: U+0000 is what is looked for
const unstorable = /\u0000|[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/g

/**
 * Checks the limits over the whole body; `null` values are taken out (they say "absent"), and, when
 * `clean` is set, characters that no store keeps. Gives the first problem, or nothing.
 */
export function checkShape(body: unknown, limits: Limits, clean: boolean): Problem | undefined {
  const visit = (value: unknown, path: string, depth: number): Problem | undefined => {
    if (typeof value !== 'object' || value === null) return undefined
    if (depth > limits.depth) return { path, problem: `nested deeper than ${limits.depth} levels` }
    if (Array.isArray(value)) {
      if (value.length > limits.entries) {
        return { path, problem: `${value.length} entries, at most ${limits.entries} are allowed` }
      }
      for (let index = 0; index < value.length; index++) {
        const entry = value[index]
        if (clean && typeof entry === 'string') value[index] = entry.replace(unstorable, '')
        else if (typeof entry === 'object') {
          const problem = visit(entry, `${path}[${index}]`, depth + 1)
          if (problem) return problem
        }
      }
      return undefined
    }
    const record = value as Record<string, unknown>
    const keys = Object.keys(record)
    if (keys.length > limits.keys) {
      return { path, problem: `${keys.length} keys, at most ${limits.keys} are allowed` }
    }
    for (const key of keys) {
      if (clean && rename(record, key)) return visit(value, path, depth)
      const at = path === '' ? key : `${path}.${key}`
      if (forbidden.has(key)) return { path: at, problem: 'this key is not allowed' }
      const entry = record[key]
      if (entry === null) delete record[key]
      else if (typeof entry === 'object') {
        const problem = visit(entry, at, depth + 1)
        if (problem) return problem
      } else if (clean && typeof entry === 'string') record[key] = entry.replace(unstorable, '')
    }
    return undefined
  }
  return visit(body, '', 1)
}

/** Takes unstorable characters out of a key; whether there were any. A key that is left with nothing goes. */
function rename(record: Record<string, unknown>, key: string): boolean {
  const cleaned = key.replace(unstorable, '')
  if (cleaned === key) return false
  const value = record[key]
  delete record[key]
  if (cleaned !== '' && !Object.hasOwn(record, cleaned) && !forbidden.has(cleaned)) record[cleaned] = value
  return true
}
