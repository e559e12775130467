/** The event that `send` posts: from a file, a name and what is to be set in it. Pure. */

export interface Composed {
  site?: string
  event: Record<string, unknown>
}

interface Parts {
  name?: string | undefined
  /** Text of the file, if one was named. */
  file?: string | undefined
  /** Such as `user.email=jane@example.com`. */
  overrides: readonly string[]
}

/** @returns the event, or a sentence on what is wrong */
export function composeEvent({ name, file, overrides }: Parts): Composed | string {
  const read = file === undefined ? { event: {} } : readEvent(file)
  if (typeof read === 'string') return read
  let event: unknown = name === undefined ? read.event : { ...read.event, event: name }
  for (const override of overrides) {
    const [, path, text] = /^([^=]+)=(.*)$/s.exec(override) ?? []
    if (path === undefined || text === undefined)
      return `"${override}" sets nothing: write --override user.email=jane@example.com.`
    event = set(event, path.split('.'), readValue(text))
  }
  const composed = { ...read, event: event as Record<string, unknown> }
  return typeof composed.event.event === 'string'
    ? composed
    : 'Say which event: tagferry send Purchase, or a file with "event" in it.'
}

/** A file holds an event, or a whole request of one event. */
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

/** Another value with one place set; objects are made where there is none. */
function set(into: unknown, [key = '', ...rest]: string[], value: unknown): unknown {
  if (Array.isArray(into) && /^\d+$/.test(key)) {
    const index = Number(key)
    return rest.length === 0
      ? into.with(Math.min(index, into.length - 1), value)
      : into.map((entry, at) => (at === index ? set(entry, rest, value) : entry))
  }
  const object = isObject(into) ? into : {}
  return { ...object, [key]: rest.length === 0 ? value : set(object[key], rest, value) }
}

/** JSON where it is some; but digits that a number would change, such as `007`, stay a text. */
function readValue(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'number' && String(value) !== text ? text : value
  } catch {
    return text
  }
}
