/** Knows what TikTok refuses about one event, and what only strict mode refuses. */
import { at, isObject, listOf } from '../json.js'
import type { RuleId } from '../rules.js'
import { type Refusal, refusal } from './refusal.js'

const HASHED = ['email', 'phone', 'external_id', 'first_name', 'last_name', 'zip_code'] as const

type Check = readonly [rule: RuleId, path: string, value: unknown, holds: (value: unknown) => boolean]

const isText = (value: unknown): boolean => typeof value === 'string'
const isNamed = (value: unknown): boolean => typeof value === 'string' && value !== ''
const isNumber = (value: unknown): boolean => typeof value === 'number'
const isWhole = (value: unknown): boolean => Number.isInteger(value)
const isSeconds = (value: unknown): boolean => Number.isInteger(value) && /^\d{10}$/.test(String(value))
const isHash = (value: unknown): boolean => typeof value === 'string' && /^[0-9a-f]{64}$/i.test(value)
const isFlag = (value: unknown): boolean => typeof value === 'boolean'
const absentOr = (holds: (value: unknown) => boolean) => (value: unknown) =>
  value === undefined || holds(value)

const content = (item: unknown, path: string): Check[] => [
  ['TT-E20', path, item, isObject],
  ['TT-E14', `${path}.price`, at(item, 'price'), absentOr(isNumber)],
  ['TT-E15', `${path}.content_id`, at(item, 'content_id'), absentOr(isText)],
]

/** In the order in which TikTok's own checks are believed to run. */
const checks = (event: unknown, path: string): Check[] => {
  const properties = at(event, 'properties')
  const page = at(event, 'page')
  const contents = at(properties, 'contents')
  return [
    ['TT-E20', path, event, isObject],
    ['TT-E11', `${path}.event`, at(event, 'event'), isNamed],
    ['TT-E12', `${path}.event_time`, at(event, 'event_time'), isSeconds],
    ['TT-E01', `${path}.event_id`, at(event, 'event_id'), absentOr(isText)],
    ['TT-E13', `${path}.limited_data_use`, at(event, 'limited_data_use'), absentOr(isFlag)],
    ['TT-E20', `${path}.user`, at(event, 'user'), absentOr(isObject)],
    ['TT-E20', `${path}.properties`, properties, absentOr(isObject)],
    ['TT-E14', `${path}.properties.value`, at(properties, 'value'), absentOr(isNumber)],
    ['TT-E21', `${path}.properties.contents`, contents, absentOr(Array.isArray)],
    ...listOf(contents).flatMap((item, i) => content(item, `${path}.properties.contents[${i}]`)),
    ['TT-E16', `${path}.properties.num_items`, at(properties, 'num_items'), absentOr(isWhole)],
    ['TT-E20', `${path}.page`, page, absentOr(isObject)],
    ['TT-E17', `${path}.page.url`, page === undefined ? '' : at(page, 'url'), isText],
  ]
}

const firstBroken = (list: Check[], code: number): Refusal | undefined => {
  const broken = list.find(([, , value, holds]) => !holds(value))
  return broken && refusal(code, broken[0], broken[1], broken[2])
}

export const refuseEvent = (event: unknown, path: string): Refusal | undefined =>
  firstBroken(checks(event, path), 40002)

/** Strict mode only: whether the real API refuses plain personal data is unknown. */
export const refusePlain = (event: unknown, path: string): Refusal | undefined => {
  const user = at(event, 'user')
  const list = HASHED.flatMap((key): Check[] => {
    const value = at(user, key)
    if (!Array.isArray(value)) return [['TT-E18', `${path}.user.${key}`, value, absentOr(isHash)]]
    return value.map((entry, i): Check => ['TT-E18', `${path}.user.${key}[${i}]`, entry, isHash])
  })
  const refused = firstBroken(list, 40062)
  // TikTok's message may echo a value; the finding must not show personal data that came in the clear.
  const isEmpty = refused?.finding.got === '""'
  return refused && !isEmpty ? { ...refused, finding: { ...refused.finding, got: 'plain text' } } : refused
}
