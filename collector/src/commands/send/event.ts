/** Composes the event that `send` posts, from a file, a name and overrides. */

export interface Composed {
  /** Absent unless the file names one. */
  site?: string
  event: Record<string, unknown>
}

interface EventSource {
  /** Name of the event. */
  name?: string | undefined
  /** Text of the file, if there is one. */
  file?: string | undefined
  /** Such as `user.email=jane@example.com`. */
  overrides: readonly string[]
}

/** @returns the event, or a sentence that says what is wrong */
export function composeEvent({ name, file, overrides }: EventSource): Composed | string {
  const read = file === undefined ? { event: {} } : readEvent(file)
  if (typeof read === 'string') return read
  let event: Record<string, unknown> = name === undefined ? read.event : { ...read.event, event: name }
  for (const override of overrides) {
    const [, path, text] = /^([^=]+)=(.*)$/s.exec(override) ?? []
    if (path === undefined || text === undefined)
      return `"${override}" sets nothing: write --override user.email=jane@example.com.`
    event = setInObject(event, path.split('.'), parseValue(text))
  }
  return typeof event.event === 'string'
    ? { ...read, event }
    : 'Say which event: tagferry send Purchase, or a file with "event" in it.'
}

/** Takes an event, or a request body with a single event. */
function readEvent(text: string): Composed | string {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch (error) {
    return `The file is no JSON: ${(error as Error).message}.`
  }
  if (!isObject(json)) return 'The file holds no event: expected an object such as {"event": "Purchase"}.'
  if (!('events' in json)) return { event: json }
  const { site, events } = json
  if (!Array.isArray(events) || events.length !== 1 || !isObject(events[0]))
    return 'The file holds a request, but not of one event: send sends one at a time.'
  return { event: events[0], ...(typeof site === 'string' && { site }) }
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Gives a copy with the value at the path; creates missing objects on the way. */
function setAt(target: unknown, path: readonly string[], value: unknown): unknown {
  const [key = '', ...rest] = path
  if (!Array.isArray(target) || !/^\d+$/.test(key))
    return setInObject(isObject(target) ? target : {}, path, value)
  const index = Number(key)
  return rest.length === 0
    ? target.with(Math.min(index, target.length - 1), value)
    : target.map((item, at) => (at === index ? setAt(item, rest, value) : item))
}

function setInObject(
  target: Record<string, unknown>,
  [key = '', ...rest]: readonly string[],
  value: unknown,
): Record<string, unknown> {
  return { ...target, [key]: rest.length === 0 ? value : setAt(target[key], rest, value) }
}

/** Parses JSON. Other text stays as it is, and so do digits that a number would change, such as `007`. */
function parseValue(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'number' && String(value) !== text ? text : value
  } catch {
    return text
  }
}
