/** What an event may say of a person outside of `user`: nothing. Takes it out of properties and ids. */
import { sha256 } from './hash.js'

/** Keys whose values are a person's, whatever they look like. */
const personalKey =
  /^(e-?mail|mail|phone|telephone|tel|mobile|(first|last|full|given|family|customer|billing|shipping|user)[_-]?name|surname)([_-]?(address|number))?$/i
/** Looked for only where a word begins: from each of its letters it would take the square of the time. */
const email = /(?<![^\s@<>()",;:[\]\\])[^\s@<>()",;:[\]\\]+@[^\s@<>()",;:[\]\\]+\.[^\s@<>()",;:[\]\\]+/g
const phone = /(\+|\b00)\d[\d\s().-]{7,20}\d/g

const suspicious = (text: string) => text.includes('@') || text.includes('+') || text.includes('00')
const clean = (text: string) => text.replace(email, '').replace(phone, '').trim()

/**
 * Properties without personal keys, and their texts without e-mail addresses and international phone numbers.
 * Gives the same object where there is nothing to take out, which is nearly always.
 */
export function scrubProperties<T>(properties: T): T {
  return scrub(properties) as T
}

function scrub(value: unknown): unknown {
  if (typeof value === 'string') return suspicious(value) ? clean(value) : value
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) {
    const entries = value.map(scrub)
    return entries.some((entry, at) => entry !== value[at]) ? entries : value
  }
  const record = value as Record<string, unknown>
  let scrubbed: Record<string, unknown> | undefined
  for (const key in record) {
    const kept = personalKey.test(key) || key.includes('@') ? undefined : scrub(record[key])
    if (kept === record[key]) continue
    scrubbed ??= { ...record }
    if (kept === undefined) delete scrubbed[key]
    else scrubbed[key] = kept
  }
  return scrubbed ?? value
}

/** Whether a name or an id holds an e-mail address or an international phone number. */
export function isPersonal(text: string): boolean {
  return suspicious(text) && clean(text) !== text.trim()
}

/** The id under which an event is stored: made of a person's data it becomes its hash, which is as unique. */
export function storableId(id: string): string {
  return isPersonal(id) ? sha256(id) : id
}
