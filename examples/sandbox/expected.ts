/** Knows what a test may expect of an event, and tells in words what is different. */
import type { Kept } from '../stand-in/kept.js'

type MatchKey = keyof Kept['keys']

export interface Expected {
  /** Event name, such as `Purchase`. */
  event?: string
  eventId?: string
  value?: number
  currency?: string
  /** Host of the page with its port; null: any. */
  host?: string | null
  limitedDataUse?: boolean
  test?: boolean
  verdict?: Kept['verdict']
  channel?: Kept['channel']
  /** Match keys that must have been sent well formed. */
  keys?: readonly MatchKey[]
  /** Part of `properties` as sent; lists and objects are compared whole. */
  properties?: Readonly<Record<string, unknown>>
}

const PLAIN = [
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

const shown = (value: unknown): string => JSON.stringify(value) ?? 'nothing'

const propertiesOf = (kept: Kept): Record<string, unknown> => {
  const { properties } = (kept.payload ?? {}) as { properties?: Record<string, unknown> }
  return properties ?? {}
}

/** Empty when the event is as expected. */
export const differences = (expected: Expected, kept: Kept): string[] => {
  const found: string[] = []
  for (const key of PLAIN) {
    const wanted = expected[key]
    if (wanted !== undefined && wanted !== null && wanted !== kept[key])
      found.push(`${key} is ${shown(kept[key])}, not ${shown(wanted)}`)
  }
  for (const key of expected.keys ?? [])
    if (kept.keys[key] !== 'sent') found.push(`match key ${key} is ${kept.keys[key]}`)
  const properties = propertiesOf(kept)
  for (const [key, wanted] of Object.entries(expected.properties ?? {}))
    if (shown(properties[key]) !== shown(wanted))
      found.push(`properties.${key} is ${shown(properties[key])}, not ${shown(wanted)}`)
  return found
}
