/** Compares a received event with what a test expects of it. */
import type { ReceivedEvent } from '../stand-in/received-event.js'

type MatchKey = keyof ReceivedEvent['keys']

export interface Expected {
  /** Event name, such as `Purchase`. */
  event?: string
  eventId?: string
  value?: number
  currency?: string
  /** Host of the page with its port; null allows any host. */
  host?: string | null
  limitedDataUse?: boolean
  test?: boolean
  verdict?: ReceivedEvent['verdict']
  channel?: ReceivedEvent['channel']
  /** Match keys that must be sent and well formed. */
  keys?: readonly MatchKey[]
  /** Some of `properties` as sent; lists and objects must be equal as a whole. */
  properties?: Readonly<Record<string, unknown>>
}

const COMPARED_FIELDS = [
  'event',
  'eventId',
  'value',
  'currency',
  'host',
  'limitedDataUse',
  'test',
  'verdict',
  'channel',
] as const

const toJson = (value: unknown): string => JSON.stringify(value) ?? 'nothing'

const sentProperties = (event: ReceivedEvent): Record<string, unknown> => {
  const { properties } = (event.payload ?? {}) as { properties?: Record<string, unknown> }
  return properties ?? {}
}

/** One sentence for each difference; empty when the event is as expected. */
export const differences = (expected: Expected, event: ReceivedEvent): string[] => {
  const found: string[] = []
  for (const key of COMPARED_FIELDS) {
    const wanted = expected[key]
    if (wanted !== undefined && wanted !== null && wanted !== event[key])
      found.push(`${key} is ${toJson(event[key])}, not ${toJson(wanted)}`)
  }
  for (const key of expected.keys ?? [])
    if (event.keys[key] !== 'sent') found.push(`match key ${key} is ${event.keys[key]}`)
  const properties = sentProperties(event)
  for (const [key, wanted] of Object.entries(expected.properties ?? {}))
    if (toJson(properties[key]) !== toJson(wanted))
      found.push(`properties.${key} is ${toJson(properties[key])}, not ${toJson(wanted)}`)
  return found
}
