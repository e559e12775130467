/** Refuses events as TikTok does; strict mode refuses plain personal data too. */
import { arrayOrEmpty, at, isObject } from '../json.js'
import type { RuleId } from '../rules.js'
import { type Refusal, refusal } from './refusal.js'

const HASHED = ['email', 'phone', 'external_id', 'first_name', 'last_name', 'zip_code'] as const

type Check = readonly [rule: RuleId, path: string, value: unknown, isValid: (value: unknown) => boolean]

const isText = (value: unknown): boolean => typeof value === 'string'
const isNonEmptyText = (value: unknown): boolean => typeof value === 'string' && value !== ''
const isNumber = (value: unknown): boolean => typeof value === 'number'
const isWhole = (value: unknown): boolean => Number.isInteger(value)
const isSeconds = (value: unknown): boolean => Number.isInteger(value) && /^\d{10}$/.test(String(value))
const isHash = (value: unknown): boolean => typeof value === 'string' && /^[0-9a-f]{64}$/i.test(value)
const isFlag = (value: unknown): boolean => typeof value === 'boolean'
const optional = (isValid: (value: unknown) => boolean) => (value: unknown) =>
  value === undefined || isValid(value)

const contentChecks = (item: unknown, path: string): Check[] => [
  ['TT-E20', path, item, isObject],
  ['TT-E14', `${path}.price`, at(item, 'price'), optional(isNumber)],
  ['TT-E15', `${path}.content_id`, at(item, 'content_id'), optional(isText)],
]

/** In the presumed order of TikTok's checks. */
const eventChecks = (event: unknown, path: string): Check[] => {
  const properties = at(event, 'properties')
  const page = at(event, 'page')
  const contents = at(properties, 'contents')
  return [
    ['TT-E20', path, event, isObject],
    ['TT-E11', `${path}.event`, at(event, 'event'), isNonEmptyText],
    ['TT-E12', `${path}.event_time`, at(event, 'event_time'), isSeconds],
    ['TT-E01', `${path}.event_id`, at(event, 'event_id'), optional(isText)],
    ['TT-E13', `${path}.limited_data_use`, at(event, 'limited_data_use'), optional(isFlag)],
    ['TT-E20', `${path}.user`, at(event, 'user'), optional(isObject)],
    ['TT-E20', `${path}.properties`, properties, optional(isObject)],
    ['TT-E14', `${path}.properties.value`, at(properties, 'value'), optional(isNumber)],
    ['TT-E21', `${path}.properties.contents`, contents, optional(Array.isArray)],
    ...arrayOrEmpty(contents).flatMap((item, i) => contentChecks(item, `${path}.properties.contents[${i}]`)),
    ['TT-E16', `${path}.properties.num_items`, at(properties, 'num_items'), optional(isWhole)],
    ['TT-E20', `${path}.page`, page, optional(isObject)],
    ['TT-E17', `${path}.page.url`, page === undefined ? '' : at(page, 'url'), isText],
  ]
}

const firstRefusal = (list: Check[], code: number): Refusal | undefined => {
  const broken = list.find(([, , value, isValid]) => !isValid(value))
  return broken && refusal(code, broken[0], broken[1], broken[2])
}

export const refuseEvent = (event: unknown, path: string): Refusal | undefined =>
  firstRefusal(eventChecks(event, path), 40002)

/** For strict mode only, because it is unknown whether the real API refuses plain personal data. */
export const refusePlainData = (event: unknown, path: string): Refusal | undefined => {
  const user = at(event, 'user')
  const list = HASHED.flatMap((key): Check[] => {
    const value = at(user, key)
    if (!Array.isArray(value)) return [['TT-E18', `${path}.user.${key}`, value, optional(isHash)]]
    return value.map((entry, i): Check => ['TT-E18', `${path}.user.${key}[${i}]`, entry, isHash])
  })
  const refused = firstRefusal(list, 40062)
  // TikTok's message may repeat the value, but the finding must not show plain personal data.
  const isEmpty = refused?.finding.got === '""'
  return refused && !isEmpty ? { ...refused, finding: { ...refused.finding, got: 'plain text' } } : refused
}
