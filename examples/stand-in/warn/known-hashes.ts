/** Computes the wrong hashes that careless senders make of a few known fictitious identifiers, and of placeholders. */
import { createHash } from 'node:crypto'
import type { RuleId } from '../rules.js'
import { placeholderSpellings } from './placeholder.js'

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')

/** `Jane.Doe@Example.com`, a common spelling. */
const capitalize = (email: string): string =>
  email.replaceAll(/(^|[._-]|@)[a-z](?!\w*$)/g, (start) => start.toUpperCase())

/** Normalised identifiers. Tests and the example shop use the built-in ones. */
export interface KnownIdentifiers {
  email?: readonly string[]
  phone?: readonly string[]
  external_id?: readonly string[]
}

const IDENTIFIERS = {
  email: [
    'jane@example.com',
    'jane.doe@example.com',
    'alice_abc@gmail.com',
    'test@example.com',
    'a@example.com',
  ],
  phone: ['+14155551234', '+14155550142', '+12133734253', '+442079460018', '+442079460958', '+1234567890'],
  external_id: ['u-42', 'User-42', 'user_123', '123'],
} as const

const emailMistakes = (email: string): string[] => [
  email.toUpperCase(),
  capitalize(email),
  ` ${email}`,
  `${email} `,
  ` ${email} `,
  ` ${capitalize(email)} `,
  email.charAt(0).toUpperCase() + email.slice(1),
]

const nationalUsForms = (phone: string): string[] => {
  const digits = /^\+1(\d{3})(\d{3})(\d{4})$/.exec(phone)?.slice(1)
  if (!digits) return []
  const [area, first, last] = digits
  const inside = [`(${area}) ${first}-${last}`, `${area}-${first}-${last}`, `${area}${first}${last}`]
  return [
    ...inside,
    `+1 (${area}) ${first}-${last}`,
    `+1 ${area} ${first} ${last}`,
    `+1 ${area}-${first}-${last}`,
    `+${area}${first}${last}`,
  ]
}

/** Spellings with `00`, with spaces, and with a `+` before digits that are not an international number. */
const dialledForms = (phone: string): string[] => {
  const digits = phone.slice(1)
  const [country, rest] = [digits.slice(0, 2), digits.slice(2)]
  const spaced = `${country} ${rest.slice(0, 2)} ${rest.slice(2, 6)} ${rest.slice(6)}`
  return [`00${spaced}`, `+00${digits}`, `+${spaced}`, spaced]
}

const phoneMistakes = (phone: string): string[] => [
  phone.slice(1),
  phone.replace('+', '00'),
  ` ${phone}`,
  ...nationalUsForms(phone),
  ...dialledForms(phone),
]

const joinedForms = (values: readonly string[]): string[] =>
  values.flatMap((a) =>
    values.flatMap((b) => (a === b ? [] : [`${a},${b}`, `${a}, ${b}`, `["${a}","${b}"]`])),
  )

const idMistakes = (id: string): string[] =>
  [id, id.toLowerCase()].flatMap((text) => [` ${text}`, `${text} `, ` ${text} `])

/** Hash -> the rule that it breaks. Correct hashes of the identifiers are never in the map. */
export const createKnownBadHashes = (more: KnownIdentifiers = {}): Map<string, RuleId> => {
  const badHashes = new Map<string, RuleId>()
  const email = [...IDENTIFIERS.email, ...(more.email ?? [])]
  const phone = [...IDENTIFIERS.phone, ...(more.phone ?? [])]
  const ids = [...IDENTIFIERS.external_id, ...(more.external_id ?? [])]
  const all = [...email, ...phone, ...ids]
  const addHashesOf = (texts: readonly string[], rule: RuleId) => {
    for (const text of texts) badHashes.set(sha256(text), rule)
  }
  addHashesOf(
    all.flatMap((value) => [sha256(value), sha256(value).toUpperCase()]),
    'TT-W05',
  )
  addHashesOf(email.flatMap(emailMistakes), 'TT-W05')
  addHashesOf(ids.flatMap(idMistakes), 'TT-W05')
  addHashesOf(
    ids.filter((id) => id !== id.toLowerCase()).map((id) => id.toLowerCase()),
    'TT-W25',
  )
  addHashesOf(phone.flatMap(phoneMistakes), 'TT-W06')
  for (const values of [email, phone, ids]) addHashesOf(joinedForms(values), 'TT-W07')
  addHashesOf(placeholderSpellings, 'TT-W27')
  for (const value of all) badHashes.delete(sha256(value))
  return badHashes
}
