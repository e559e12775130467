/** Recognises what templates and programs print for a missing value, and the hashes of it. */
import { arrayOrEmpty, at } from '../json.js'
import { createFinding, type Finding } from '../rules.js'

const PRINTED = [
  'undefined',
  'null',
  'nan',
  'none',
  'nil',
  'n/a',
  '(null)',
  '(none)',
  '(not set)',
  '[object object]',
]
/** Ids of guests. Products and orders may have such ids. */
const GUESTS = ['0', '-1', '00', '000000']
const TEMPLATE = /\{\{.*\}\}|\{%.*%\}|\$\{.*\}|%%.*%%|<%.*%>|^_*CLICKID_*$|^__[A-Z][A-Z0-9_]*__$/
const JOINED = /[._:-](undefined|null|NaN|\[object Object\])$/

export const isPlaceholder = (text: string): boolean =>
  PRINTED.includes(text.trim().toLowerCase()) || TEMPLATE.test(text.slice(0, 1000)) || JOINED.test(text)

/** What careless senders hash: a placeholder, and the id of a guest, in the usual spellings. */
export const placeholderSpellings: readonly string[] = [
  ...[...PRINTED, ...GUESTS, '__CLICKID__', '+', '+undefined', '+null'].flatMap((text) => [
    text,
    text.toUpperCase(),
  ]),
  ...['None', 'NaN', '[object Object]', '(not set)', ' '],
]

const warnText = (value: unknown, where: string): Finding[] =>
  typeof value === 'string' && isPlaceholder(value) ? [createFinding('TT-W26', where, value)] : []

const PLAIN_USER_KEYS = ['ttclid', 'ttp', 'city', 'locale'] as const

/** Placeholders as click ids and as other plain values of `user`. */
export const warnUserPlaceholders = (event: unknown, path: string): Finding[] =>
  PLAIN_USER_KEYS.flatMap((key) => warnText(at(at(event, 'user'), key), `${path}.user.${key}`))

/** Placeholders as ids of the event, its order and its products. */
export const warnIdPlaceholders = (event: unknown, path: string): Finding[] => {
  const properties = at(event, 'properties')
  const where = `${path}.properties`
  return [
    ...warnText(at(event, 'event_id'), `${path}.event_id`),
    ...warnText(at(properties, 'order_id'), `${where}.order_id`),
    ...arrayOrEmpty(at(properties, 'content_ids')).flatMap((id, i) =>
      warnText(id, `${where}.content_ids[${i}]`),
    ),
    ...arrayOrEmpty(at(properties, 'contents')).flatMap((item, i) =>
      warnText(at(item, 'content_id'), `${where}.contents[${i}].content_id`),
    ),
  ]
}
