/** Repairs bodies with invalid fields: leaves out or cuts each one with a warning, and keeps the events. */
import type { z } from 'zod'
import type { Event } from '../event.js'
import type { WireBody } from '../wire.js'
import type { BodySchemas } from './body-schema.js'
import { type FieldIssue, fieldIssues, type Problem, pathText } from './problem.js'
import { type SentWarning, warnInto, warnOfRequest } from './request-warnings.js'
import { asSent, removeAbsent, type SentIndexes } from './sent-indexes.js'
import type { Warn } from './warning.js'

export interface RepairedBody extends Omit<WireBody, 'events'> {
  events: Event[]
  /** Positions of the events in the sent list, where some were left out. */
  positions?: readonly number[]
}

/** After the first round all issues are gone, unless one was hidden behind another. */
const maxRounds = 4

/**
 * @param body a parsed body, which is changed
 * @param warnings receives what is left out
 * @param indexes of lists that have lost entries; receives those that lose some here
 * @returns the problems where nothing is left to store
 */
export function repairBody(
  body: unknown,
  { envelope, event: schema }: BodySchemas,
  warnings: SentWarning[],
  indexes: SentIndexes,
): RepairedBody | Problem[] {
  const around = repairEnvelope(body, envelope, warnOfRequest(warnings))
  if (Array.isArray(around)) return around
  const events: Event[] = []
  const positions: number[] = []
  const problems: Problem[] = []
  around.events.forEach((sent, at) => {
    const warn = warnInto(warnings, at, indexes)
    const repaired = repairEvent(sent, schema, warn, (list, path) =>
      removeAbsent(list, asSent(pathText(['events', at, ...path]), indexes), indexes),
    )
    if ('unusable' in repaired) {
      const { path, problem, rule } = repaired.unusable
      problems.push({ path: pathText(['events', at, ...path]), problem, rule })
      warn('unusable_event', pathText(path), `the event was left out: ${problem}`)
    } else {
      events.push(repaired.event)
      positions.push(at)
    }
  })
  if (events.length === 0) return problems
  return { ...around, events, ...(problems.length > 0 && { positions }) }
}

/** Fields of the body that an event can do without. */
const optionalFields = new Set<PropertyKey>(['sent_at', 'on_invalid'])

type Envelope = Omit<WireBody, 'events'> & { events: unknown[] }

function repairEnvelope(body: unknown, schema: z.ZodType, warn: Warn): Envelope | Problem[] {
  const first = schema.safeParse(body)
  if (first.success) return first.data as Envelope
  const issues = first.error.issues.flatMap(fieldIssues)
  const fatal = issues.filter(
    ({ path: [key = ''], rule }) => rule !== 'unknown_key' && !optionalFields.has(key),
  )
  if (fatal.length > 0) return fatal.map(({ path, ...issue }) => ({ ...issue, path: pathText(path) }))
  for (const { path, problem, rule } of issues) {
    delete (body as Record<PropertyKey, unknown>)[path[0] as string]
    warn(rule, pathText(path), leftOut(problem))
  }
  return schema.parse(body) as Envelope
}

type RepairedEvent = { event: Event } | { unusable: FieldIssue }

export const leftOut = (problem: string) => `left out: ${problem}`

/** @param removeHoles removes the empty entries of a list */
function repairEvent(
  sent: unknown,
  schema: z.ZodType,
  warn: Warn,
  removeHoles: (list: unknown[], path: readonly PropertyKey[]) => void,
): RepairedEvent {
  let isSignalUnreadable = false
  let issues: FieldIssue[] = []
  for (let round = 0; round < maxRounds; round++) {
    const result = schema.safeParse(sent)
    if (result.success) {
      const event = result.data as Event
      if (isSignalUnreadable) event.unreadableSignal = true
      return { event }
    }
    issues = result.error.issues.flatMap(fieldIssues)
    const unusable = issues.find(isFatal)
    if (unusable) return { unusable }
    const lists = new Map<unknown[], readonly PropertyKey[]>()
    for (const issue of issues) {
      if (issue.path[0] === 'privacy')
        isSignalUnreadable = repairPrivacy(sent, issue, warn) || isSignalUnreadable
      else repairField(sent, issue, lists, warn)
    }
    for (const [list, path] of lists) removeHoles(list, path)
  }
  return { unusable: issues[0] ?? { path: [], problem: 'it could not be repaired', rule: 'invalid_value' } }
}

/** Whether the value is no event, or its name cannot be used. A name that is too long is cut. */
const isFatal = ({ path, rule }: FieldIssue) =>
  path.length === 0 || (path.length === 1 && path[0] === 'event' && rule !== 'too_long')

/** Texts that mean the same when they are cut. An id would become another id. */
const cuttable = new Set<PropertyKey>([
  ...['event', 'url', 'referrer', 'description', 'search_string'],
  ...['content_type', 'content_name', 'content_category', 'brand'],
])

/** @param lists receives the lists with empty entries, and their paths */
function repairField(
  event: unknown,
  issue: FieldIssue,
  lists: Map<unknown[], readonly PropertyKey[]>,
  warn: Warn,
): void {
  const { path, problem, rule, maxLength } = issue
  const key = path.at(-1) as PropertyKey
  const parent = valueAt(event, path.slice(0, -1))
  if (parent === undefined) return
  const value = parent[key]
  if (rule === 'too_long' && maxLength !== undefined && cuttable.has(key) && typeof value === 'string') {
    parent[key] = cut(value, maxLength, key)
    warn(rule, pathText(path), `cut to ${maxLength} characters`)
    return
  }
  if (Array.isArray(parent)) {
    lists.set(parent, path.slice(0, -1))
    parent[key as number] = undefined
  } else delete parent[key]
  warn(rule, pathText(path), leftOut(problem))
}

/** The object or list at a path; nothing where an earlier repair has removed it. */
function valueAt(event: unknown, path: readonly PropertyKey[]): Record<PropertyKey, unknown> | undefined {
  let value = event
  for (const key of path) value = (value as Record<PropertyKey, unknown> | undefined)?.[key]
  return typeof value === 'object' && value !== null ? (value as Record<PropertyKey, unknown>) : undefined
}

/** Cuts a text, an address before its first incomplete parameter. Leaves no half of a surrogate pair. */
function cut(text: string, maxLength: number, key: PropertyKey): string {
  const start = text.slice(0, maxLength).replace(/[\uD800-\uDBFF]$/, '')
  return key === 'url' || key === 'referrer' ? start.replace(/[?&#][^?&#]*$/, '') : start
}

/**
 * Leaves out a field of `privacy`. An unreadable consent counts as not given; `gpp_sid` alone decides nothing.
 * @returns whether the field may be a signal that protects
 */
function repairPrivacy(event: unknown, { path, problem, rule }: FieldIssue, warn: Warn): boolean {
  const field = path[1]
  const parent = valueAt(event, field === undefined ? [] : ['privacy'])
  const isMissing = parent?.[field ?? 'privacy'] === undefined
  if (parent === undefined || isMissing) return false
  delete parent[field ?? 'privacy']
  if (field === 'gpp_sid') {
    warn(rule, pathText(path), leftOut(problem))
    return false
  }
  const effect = field === 'consent' ? 'counts as not given' : 'counts as an opt-out'
  warn('unreadable_signal', pathText(path), `${problem}; it ${effect}`)
  return field !== 'consent'
}
