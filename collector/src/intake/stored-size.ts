/** Keeps stored events below a size. */
import type { HashedEvent } from '../event.js'
import { pathText } from './problem.js'
import type { Warn } from './warning.js'

export const maxStoredBytes = 64 * 1_024

const sizeOf = (value: unknown) => Buffer.byteLength(JSON.stringify(value) ?? '')

export const isTooLarge = (event: HashedEvent) => sizeOf(event) > maxStoredBytes

/**
 * Leaves out properties, the largest first, until the event is small enough.
 * @returns whether it is
 */
export function shrink(event: HashedEvent, warn: Warn): boolean {
  let excess = sizeOf(event) - maxStoredBytes
  const sizes = Object.entries(event.properties ?? {}).map(([key, value]) => ({ key, size: sizeOf(value) }))
  sizes.sort((a, b) => b.size - a.size)
  event.properties = { ...event.properties }
  for (const { key, size } of sizes) {
    if (excess <= 0) break
    delete event.properties[key]
    excess -= size
    warn('too_long', pathText(['properties', key]), 'left out: the event is larger than 64 KiB when stored')
  }
  return excess <= 0
}
