/** Hashes personal data. Only this file makes a `Sha256`. */
import * as crypto from 'node:crypto'
import type { Sha256 } from '../event.js'
import { cleanText } from './clean-text.js'
import { nobodyTexts, placeholderTexts } from './placeholder.js'

// `crypto.hash` takes 0.4 µs, `createHash` 0.9 µs. Node has it since 20.12.
const digest =
  typeof crypto.hash === 'function'
    ? (text: string) => crypto.hash('sha256', text, 'hex')
    : (text: string) => crypto.createHash('sha256').update(text, 'utf8').digest('hex')

/** SHA-256 of the UTF-8 bytes of a normalised value, in lower-case hex. */
export function sha256(normalised: string): Sha256 {
  return digest(normalised) as Sha256
}

/** Hashes of nothing, which senders make of empty fields and placeholders. */
const hashesOfNothing: ReadonlySet<string> = new Set(
  [...placeholderTexts.flatMap((text) => [text, text.toLowerCase(), text.toUpperCase()]), ...nobodyTexts].map(
    digest,
  ),
)

const hexDigits = /^[\da-f]{64}$/
const oneDigit = /^(.)\1*$/

/**
 * Reads a value that the sender has hashed: 64 hex digits in any case.
 * @returns the hash in lower case, `null` for the hash of nothing, `undefined` for any other value
 */
export function parseSha256(value: string): Sha256 | null | undefined {
  if (value.length < 64) return undefined
  const hash = cleanText(value).toLowerCase()
  if (!hexDigits.test(hash)) return undefined
  return hashesOfNothing.has(hash) || oneDigit.test(hash) ? null : (hash as Sha256)
}
