/** How a refused request is explained to its sender; never with a value from the request. */

export interface Problem {
  /** Place in the body, such as `events[0].properties.value`; empty for the body itself. */
  path: string
  /** What is wrong and what is expected, in words for a developer. */
  problem: string
}

/** `['events', 0, 'user']` as `events[0].user`; keys from the request are cut to 100 characters. */
export function pathText(path: readonly PropertyKey[]): string {
  let text = ''
  for (const part of path) {
    if (typeof part === 'number') text += `[${part}]`
    else text += `${text === '' ? '' : '.'}${String(part).slice(0, 100)}`
  }
  return text
}
