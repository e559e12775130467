/** Knows a few made-up people, and the hashes that careless senders make of their data. */
import { createHash } from 'node:crypto'
import type { RuleId } from '../rules.js'

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')

/** `Jane.Doe@Example.com`, as people write it. */
const capitals = (email: string): string =>
  email.replaceAll(/(^|[._-]|@)[a-z](?!\w*$)/g, (start) => start.toUpperCase())

/** What is already in normal form; tests and the example shop use these people. */
export interface KnownPeople {
  email?: readonly string[]
  phone?: readonly string[]
  external_id?: readonly string[]
}

const PEOPLE = {
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

const emailFaults = (email: string): string[] => [
  email.toUpperCase(),
  capitals(email),
  ` ${email}`,
  `${email} `,
  ` ${email} `,
  ` ${capitals(email)} `,
  email.charAt(0).toUpperCase() + email.slice(1),
]

const nationalUs = (phone: string): string[] => {
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

/** What dialling from elsewhere adds: `00`, spaces, and a `+` put before digits that were not international. */
const dialled = (phone: string): string[] => {
  const digits = phone.slice(1)
  const [country, rest] = [digits.slice(0, 2), digits.slice(2)]
  const spaced = `${country} ${rest.slice(0, 2)} ${rest.slice(2, 6)} ${rest.slice(6)}`
  return [`00${spaced}`, `+00${digits}`, `+${spaced}`, spaced]
}

const phoneFaults = (phone: string): string[] => [
  phone.slice(1),
  phone.replace('+', '00'),
  ` ${phone}`,
  ...nationalUs(phone),
  ...dialled(phone),
]

const joined = (values: readonly string[]): string[] =>
  values.flatMap((a) =>
    values.flatMap((b) => (a === b ? [] : [`${a},${b}`, `${a}, ${b}`, `["${a}","${b}"]`])),
  )

/** Hash -> the rule it breaks. A hash that is right for anybody known is never in it. */
export const createKnownFaults = (more: KnownPeople = {}): Map<string, RuleId> => {
  const faults = new Map<string, RuleId>()
  const email = [...PEOPLE.email, ...(more.email ?? [])]
  const phone = [...PEOPLE.phone, ...(more.phone ?? [])]
  const ids = [...PEOPLE.external_id, ...(more.external_id ?? [])]
  const all = [...email, ...phone, ...ids]
  for (const value of all) {
    faults.set(sha256(sha256(value)), 'TT-W05')
    faults.set(sha256(sha256(value).toUpperCase()), 'TT-W05')
  }
  for (const value of email) for (const bad of emailFaults(value)) faults.set(sha256(bad), 'TT-W05')
  for (const value of ids)
    for (const bad of [value, value.toLowerCase()].flatMap((id) => [` ${id}`, `${id} `, ` ${id} `]))
      faults.set(sha256(bad), 'TT-W05')
  for (const value of ids)
    if (value !== value.toLowerCase()) faults.set(sha256(value.toLowerCase()), 'TT-W25')
  for (const value of phone) for (const bad of phoneFaults(value)) faults.set(sha256(bad), 'TT-W06')
  for (const values of [email, phone, ids])
    for (const bad of joined(values)) faults.set(sha256(bad), 'TT-W07')
  for (const value of all) faults.delete(sha256(value))
  return faults
}
