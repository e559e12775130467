/** Describes a problem of a request for its sender, never with a value from the request. */

export interface Problem {
  /** Place in the body, such as `events[0].properties.value`; empty for the whole body. */
  path: string
  /** What is wrong and what is expected, in words for a developer. */
  problem: string
}

/** Keys come from the request, so their length is limited. */
const maxKeyLength = 100

/** `['events', 0, 'user']` as `events[0].user`. */
export function pathText(path: readonly PropertyKey[]): string {
  let text = ''
  for (const part of path) {
    if (typeof part === 'number') text += `[${part}]`
    else text += `${text === '' ? '' : '.'}${String(part).slice(0, maxKeyLength)}`
  }
  return text
}
