/** Validates request bodies: refuses invalid ones, or leaves out what is invalid and keeps the rest. */
import type { ClickIdTable } from '../click-ids.js'
import { type Event, maxEntries, type Source } from '../event.js'
import type { WireBody } from '../wire.js'
import { type BodySchemas, createSchemas } from './body-schema.js'
import { checkLimits } from './limits.js'
import { maxText, type UnfitValue } from './own-values.js'
import { fieldIssues, type Problem, pathText } from './problem.js'
import { leftOut, type RepairedBody, repairBody } from './repair.js'
import { removalWarning, type SentWarning } from './request-warnings.js'
import { asSent, type SentIndexes } from './sent-indexes.js'
import { warnOfValues } from './value-warnings.js'

export interface ValidBody {
  /** Domain or alias, as it was sent. */
  site: string
  siteKey?: string | undefined
  /** The sender's clock, Unix milliseconds. */
  sentAt?: number | undefined
  testEventCode?: string | undefined
  /** Whether invalid parts are left out instead of refused. */
  isLenient: boolean
  events: Event[]
  /** Positions of the events in the sent list, where some were left out. */
  positions?: readonly number[] | undefined
  /** What was left out. */
  warnings: SentWarning[]
  /** The sent indexes of lists that have lost entries. */
  indexes: SentIndexes
}

export type ValidationResult = { ok: true; body: ValidBody } | { ok: false; problems: Problem[] }

/** Eight inside of `properties`: body, list, event and properties are four. */
const maxDepth = 12
const maxKeys = 100

/**
 * Checks a parsed body and repairs it.
 * @param hasEscapes as readBody gives it
 */
export type ValidateBody = (value: unknown, hasEscapes: boolean, source: Source) => ValidationResult

/** @param table click ids that `user` may have */
export function createValidator(table: ClickIdTable): ValidateBody {
  const schemas = { browser: createSchemas('browser', table), server: createSchemas('server', table) }
  return (value, hasEscapes, source) => validate(value, hasEscapes, source, schemas[source])
}

function validate(
  value: unknown,
  hasEscapes: boolean,
  source: Source,
  schemas: BodySchemas,
): ValidationResult {
  // Nobody can correct the script of a page that is open, so an invalid field must not cost its events.
  const isLenient = source === 'browser' || (value as Partial<WireBody> | null)?.on_invalid === 'drop'
  const warnings: SentWarning[] = []
  const unfit: UnfitValue[] = []
  const indexes: SentIndexes = new Map()
  const { knownKeys, documented } = schemas
  const limits = { depth: maxDepth, keys: maxKeys, entries: maxEntries[source], knownKeys, documented }
  const problem = checkLimits(
    value,
    limits,
    hasEscapes,
    isLenient ? (removed) => warnings.push(removalWarning(removed, 'too_long')) : undefined,
    (value) => unfit.push(value),
    indexes,
  )
  if (problem) return { ok: false, problems: [problem] }
  if (unfit.length > 0 && !isLenient) {
    const others = repairStrictly(value, schemas, indexes)
    return { ok: false, problems: Array.isArray(others) ? [...unfit, ...others] : unfit }
  }
  for (const { path, problem, rule, remains } of unfit) {
    const words = remains === undefined ? leftOut(problem) : `cut to ${maxText} characters`
    warnings.push(removalWarning({ path, problem: words }, rule))
  }
  // Nearly every body is exact and stays the object that JSON.parse made: repairing takes three times as long.
  if (schemas.exact.safeParse(value).success)
    return valid(value as RepairedBody, isLenient, warnings, indexes)
  const body = isLenient
    ? repairBody(value, schemas, warnings, indexes)
    : repairStrictly(value, schemas, indexes)
  if (Array.isArray(body)) return { ok: false, problems: body }
  warnOfValues(body, warnings, indexes)
  return valid(body, isLenient, warnings, indexes)
}

/** Repairs what is unambiguous. @returns the problems of a body with invalid fields */
function repairStrictly(
  value: unknown,
  { repairing }: BodySchemas,
  indexes: SentIndexes,
): RepairedBody | Problem[] {
  const result = repairing.safeParse(value)
  if (result.success) return result.data as RepairedBody
  return result.error.issues
    .flatMap(fieldIssues)
    .map(({ path, problem, rule }) => ({ path: asSent(pathText(path), indexes), problem, rule }))
}

function valid(
  {
    site,
    site_key: siteKey,
    sent_at: sentAt,
    test_event_code: testEventCode,
    events,
    positions,
  }: RepairedBody,
  isLenient: boolean,
  warnings: SentWarning[],
  indexes: SentIndexes,
): ValidationResult {
  return {
    ok: true,
    body: { site, siteKey, sentAt, testEventCode, isLenient, events, positions, warnings, indexes },
  }
}
