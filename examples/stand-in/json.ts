/** Reads values of unknown JSON without throwing. */

export type JsonObject = Record<string, unknown>

/** True for objects, but not for null and arrays. */
export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** The value of a key, or undefined for a missing key and for values that are not objects. */
export const at = (value: unknown, key: string): unknown =>
  isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined

/** An array as it is; for all other values an empty one. */
export const arrayOrEmpty = (value: unknown): unknown[] => (Array.isArray(value) ? value : [])

/** A string as it is; for all other values null. */
export const stringOrNull = (value: unknown): string | null => (typeof value === 'string' ? value : null)

/** A short text of a value for messages: at most 120 characters; `nothing` when undefined. */
export const preview = (value: unknown): string => {
  if (value === undefined) return 'nothing'
  const text = typeof value === 'object' && value !== null ? '' : JSON.stringify(value)
  if (text === '') return Array.isArray(value) ? `a list of ${value.length}` : 'an object'
  return text.length > 120 ? `${text.slice(0, 119)}…` : text
}

/** Deeper values have no meaning here, and serialising them could overflow the stack. */
const MAX_DEPTH = 64

/** A JSON object; undefined for invalid JSON, other values, and objects nested too deeply. */
export const parseObject = (text: string): JsonObject | undefined => {
  try {
    const value: unknown = JSON.parse(text)
    return isObject(value) && !isDeeperThan(MAX_DEPTH, value) ? value : undefined
  } catch {
    return undefined
  }
}

/** Every string with its path (`user.email[0]`), breadth first. A loop, so that depth cannot overflow the stack. */
export function* stringValues(root: unknown, path = ''): Generator<{ path: string; text: string }> {
  const queue: [string, unknown][] = [[path, root]]
  for (const [where, value] of queue) {
    if (typeof value === 'string') yield { path: where, text: value }
    else if (Array.isArray(value))
      for (const [i, entry] of value.entries()) queue.push([`${where}[${i}]`, entry])
    else if (isObject(value))
      for (const [key, entry] of Object.entries(value)) queue.push([where ? `${where}.${key}` : key, entry])
  }
}

const isDeeperThan = (limit: number, root: unknown): boolean => {
  let level: unknown[] = [root]
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > limit) return true
    level = level.flatMap((value) =>
      typeof value === 'object' && value !== null
        ? Object.values(value).filter((v) => typeof v === 'object')
        : [],
    )
  }
  return false
}
