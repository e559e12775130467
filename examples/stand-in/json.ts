/** Knows how to read JSON that may be anything without ever throwing. */

export type JsonObject = Record<string, unknown>

/** An object that is neither null nor a list. */
export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** The value below a key, or undefined when there is no such key or no object at all. */
export const at = (value: unknown, key: string): unknown =>
  isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined

/** The list itself, or an empty one. */
export const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : [])

/** The string itself, or null. */
export const textOf = (value: unknown): string | null => (typeof value === 'string' ? value : null)

/** A value as short text for a message: cut at 120 characters; `nothing` when absent. */
export const shown = (value: unknown): string => {
  if (value === undefined) return 'nothing'
  const text = typeof value === 'object' && value !== null ? '' : JSON.stringify(value)
  if (text === '') return Array.isArray(value) ? `a list of ${value.length}` : 'an object'
  return text.length > 120 ? `${text.slice(0, 119)}…` : text
}

/** Every text value with its path (`user.email[0]`), breadth first; the walk is a loop, so depth cannot hurt. */
export function* texts(root: unknown, path = ''): Generator<{ path: string; text: string }> {
  const queue: [string, unknown][] = [[path, root]]
  for (const [where, value] of queue) {
    if (typeof value === 'string') yield { path: where, text: value }
    else if (Array.isArray(value))
      for (const [i, entry] of value.entries()) queue.push([`${where}[${i}]`, entry])
    else if (isObject(value))
      for (const [key, entry] of Object.entries(value)) queue.push([where ? `${where}.${key}` : key, entry])
  }
}

/** Whether a value nests deeper than `limit`; such bodies would overflow whoever prints them. */
export const deeperThan = (limit: number, root: unknown): boolean => {
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
