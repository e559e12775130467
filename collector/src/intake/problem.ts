/** Describes a problem of a request for its sender, never with a value from the request. */
import type { z } from 'zod'
import { containsPersonalData, isPhoneNumber } from './personal-data.js'
import type { WarningRule } from './warning.js'

/** The kinds of problems. They label counts of refused requests, so their number is small and fixed. */
export type ProblemRule =
  | WarningRule
  | 'too_deep'
  | 'too_many'
  /** No event of the request can be used. */
  | 'no_event'
  /** `__proto__`, `constructor` and `prototype`. */
  | 'forbidden_key'

export interface Problem {
  /** Place in the body, such as `events[0].properties.value`; empty for the whole body. */
  path: string
  /** What is wrong and what is expected, in words for a developer. */
  problem: string
  rule: ProblemRule
}

const maxKeyLength = 100

/** A key as it may be shown: keys come from the request, so they may be long or personal data. */
function keyText(key: string): string {
  const text = cutKey(key)
  return containsPersonalData(text) || isPhoneNumber(text) ? '…' : text
}

export const cutKey = (key: string) => (key.length > maxKeyLength ? key.slice(0, maxKeyLength) : key)

/** `['events', 0, 'user']` as `events[0].user`. */
export function pathText(path: readonly PropertyKey[]): string {
  let text = ''
  for (const part of path) {
    if (typeof part === 'number') text += `[${part}]`
    else text += `${text === '' ? '' : '.'}${keyText(String(part))}`
  }
  return text
}

/** One field that does not fit the schema. */
export interface FieldIssue {
  path: readonly PropertyKey[]
  problem: string
  rule: WarningRule
  /** Longest allowed text. */
  maxLength?: number | undefined
}

/** Each field that an issue of zod is about. */
export function fieldIssues(issue: z.core.$ZodIssue): FieldIssue[] {
  const { path, message: problem } = issue
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => {
        return { path: [...path, key], problem: unknownKeyText(key, path), rule: 'unknown_key' }
      })
    case 'invalid_union':
      return unionIssues(issue)
    case 'too_big':
      return [{ path, problem, rule: 'too_long', maxLength: Number(issue.maximum) }]
    case 'custom':
      return [{ path, problem, rule: 'invalid_value', ...issue.params }]
    default:
      return [{ path, problem, rule: 'invalid_value' }]
  }
}

/** The issues of a field that is a single entry or a list: of the list's entries where it is one. */
function unionIssues({ path, errors, message }: z.core.$ZodIssueInvalidUnion): FieldIssue[] {
  const [single = [], list = []] = errors.map((issues) => issues.flatMap(fieldIssues))
  const inEntries = list.filter((issue) => issue.path.length > 0)
  if (inEntries.length > 0) return inEntries.map((issue) => ({ ...issue, path: [...path, ...issue.path] }))
  const { rule = 'invalid_value', problem = message } = single[0] ?? {}
  return [{ path, rule, problem: rule === 'invalid_value' ? message : problem }]
}

/** Keys of an event and of its parts, which senders put in the wrong place. */
const places: readonly [keys: RegExp, place: string][] = [
  [/^(event|event_id|event_time|user|page|properties|privacy)$/, 'it goes into events[]'],
  [
    /^(e?mail|phone|first_name|last_name|external_id|ttclid|ttp|ip|user_agent)$/,
    'it goes into events[].user',
  ],
  [/^(url|referrer)$/, 'it goes into events[].page'],
  [/^(gpc|usp|gpp|consent|opt_out|limited_data_use)$/, 'it goes into events[].privacy'],
  [
    /(^|_)(orders?|customer|cart|checkout|items?|products?|contents?|sku|price|prices|total|subtotal|amount|value|currency|quantity|tax|taxes|discounts?|shipping|billing|payment|refunds|fulfillments?)(_|$)/i,
    'order data goes into events[].properties',
  ],
]

function unknownKeyText(key: string, parent: readonly PropertyKey[]): string {
  const text = `unknown key "${keyText(key)}"`
  const isOutside = parent.length === 0 || (parent.length === 2 && parent[0] === 'events')
  const place = isOutside ? places.find(([keys]) => keys.test(key))?.[1] : undefined
  return place ? `${text}; ${place}` : text
}
