/** Validates request bodies by zod schemas, one for browsers and one for servers, and repairs what is unambiguous. */
import { z } from 'zod'
import type { ClickIdTable } from '../click-ids.js'
import type { Event, Source } from '../event.js'
import type { WireBody } from '../wire.js'
import { checkLimits } from './limits.js'
import { containsPersonalData } from './personal-data.js'
import { type Problem, pathText } from './problem.js'

const maxText = 8_192

/** Events of a request. */
const maxEvents: Readonly<Record<Source, number>> = { browser: 100, server: 1_000 }

/** Schemas of single fields. There are two sets of them: as documented, and with repairs. */
interface Fields {
  name: z.ZodType
  eventId: z.ZodType
  seconds: z.ZodType
  /** A text. Ids often come as numbers, which are repaired. */
  id: z.ZodType
  amount: z.ZodType
  integer: z.ZodType
  currency: z.ZodType
}

/** Accepts fields as documented, so that zod checks them without a copy. */
const exactFields: Fields = {
  name: z.string().regex(/^[^\s@+](?:[^@+]{0,98}[^\s@+])?$/),
  eventId: z.string().regex(/^\S(?:[\s\S]{0,510}\S)?$/),
  seconds: z.number().int().min(1e9).lt(1e12),
  id: z.string().max(maxText),
  amount: z.number(),
  integer: z.int(),
  currency: z.string().regex(/^[A-Z]{3}$/),
}

/** A field with a parser of its own: zod's coercion would turn `""` into 0 and `true` into 1. */
function parsed<T>(expected: string, parse: (value: unknown) => T | undefined) {
  return z.unknown().transform((value, context): T => {
    const result = parse(value)
    if (result !== undefined) return result
    context.addIssue({ code: 'custom', message: `expected ${expected}`, input: undefined })
    return z.NEVER
  })
}

const parseNumber = (value: unknown) => {
  const number = typeof value === 'string' && /^\s*-?\d+(\.\d+)?\s*$/.test(value) ? Number(value) : value
  return typeof number === 'number' && Number.isFinite(number) ? number : undefined
}
const parseText = (maxLength: number) => (value: unknown) => {
  // Beyond 2^53 different ids become the same number, so the sender must write them as texts.
  const isId = typeof value === 'number' && (Number.isSafeInteger(value) || value % 1 !== 0)
  const text = isId && Number.isFinite(value) ? String(value) : value
  return typeof text === 'string' && text.length <= maxLength ? text : undefined
}

const repairingFields: Fields = {
  name: z
    .string('expected the name of the event')
    .trim()
    .min(1, 'the name is empty')
    .max(100, 'longer than 100 characters')
    .refine(
      (text) => !containsPersonalData(text),
      'the name of an event must not hold an e-mail address or a phone number',
    ),
  eventId: parsed('a text or a number of at most 512 characters', (value) => parseText(512)(value)?.trim()),
  seconds: parsed('Unix seconds, such as 1795400000', (value) => {
    const number = parseNumber(value)
    if (number === undefined || number < 1e9) return undefined
    // 13 digits are milliseconds: as seconds they would be the year 33658 or later.
    return Math.floor(number >= 1e12 && number < 1e13 ? number / 1000 : number)
  }),
  id: parsed(`a text or a number of at most ${maxText} characters`, parseText(maxText)),
  amount: parsed('a number such as 49.9, without currency sign or thousands separator', parseNumber),
  integer: parsed('a whole number', (value) => {
    const number = parseNumber(value)
    return Number.isSafeInteger(number) ? number : undefined
  }),
  currency: z
    .string('expected a text')
    .max(100)
    .transform((code) => code.trim().toUpperCase()),
}

const text = z.string('expected a text').max(maxText, `longer than ${maxText} characters`)
const flag = z.boolean('expected true or false')
const listOr = (entry: z.ZodType, expected: string) => z.union([entry, z.array(entry)], expected).optional()
const serverOnly = z.never('comes from the connection; only servers may send it, to /v1/events').optional()

function userSchema(source: Source, fields: Fields, table: ClickIdTable) {
  const fromServer = source === 'server' ? text.optional() : serverOnly
  return z.strictObject({
    email: listOr(text, 'expected a text or a list of texts'),
    phone: listOr(fields.id, 'expected a text or a list of texts'),
    external_id: listOr(fields.id, 'expected a text or a list of texts'),
    first_name: text.optional(),
    last_name: text.optional(),
    city: text.optional(),
    state: text.optional(),
    country: text.optional(),
    zip_code: fields.id.optional(),
    ...Object.fromEntries(table.map(({ key }) => [key, text.optional()])),
    locale: text.optional(),
    ip: fromServer,
    user_agent: fromServer,
  })
}

function propertiesSchema(fields: Fields) {
  const content = z.looseObject(
    {
      content_id: fields.id.optional(),
      content_name: fields.id.optional(),
      content_category: fields.id.optional(),
      brand: fields.id.optional(),
      price: fields.amount.optional(),
      quantity: fields.integer.optional(),
    },
    'expected an object such as {"content_id": "sku-1", "quantity": 1, "price": 49.9}',
  )
  return z.looseObject({
    value: fields.amount.optional(),
    currency: fields.currency.optional(),
    content_type: text.optional(),
    content_ids: z.array(fields.id, 'expected a list of ids').optional(),
    contents: z.array(content, 'expected a list of contents').optional(),
    num_items: fields.integer.optional(),
    search_string: fields.id.optional(),
    description: text.optional(),
    order_id: fields.id.optional(),
    shop_id: fields.id.optional(),
    customer_type: text.optional(),
  })
}

const privacySchema = z.strictObject({
  gpc: flag.optional(),
  // Malformed strings are ignored, so their length is not limited.
  usp: z.string('expected a text').optional(),
  gpp: z.string('expected a text').optional(),
  gpp_sid: z.array(z.number('expected a number'), 'expected a list of numbers').optional(),
  consent: z.enum(['granted', 'denied'], 'expected "granted" or "denied"').optional(),
  opt_out: flag.optional(),
  limited_data_use: flag.optional(),
})

function eventSchema(source: Source, fields: Fields, table: ClickIdTable) {
  return z.strictObject({
    event: fields.name,
    event_id: fields.eventId.optional(),
    event_time: fields.seconds.optional(),
    user: userSchema(source, fields, table).optional(),
    page: z.strictObject({ url: text.optional(), referrer: text.optional() }).optional(),
    properties: propertiesSchema(fields).optional(),
    privacy: privacySchema.optional(),
  })
}

function bodySchema(source: Source, fields: Fields, table: ClickIdTable) {
  return z.strictObject({
    site: z
      .string('expected the domain of the site')
      .trim()
      .min(1, 'the domain of the site is empty')
      .max(253),
    site_key: z.string('expected a text').max(100).optional(),
    events: z
      .array(eventSchema(source, fields, table), 'expected a list of events')
      .min(1, 'the list of events is empty')
      .max(maxEvents[source], `more than ${maxEvents[source]} events`),
    sent_at: z.unknown().optional(),
  })
}

const createSchemas = (source: Source, table: ClickIdTable) => ({
  exact: bodySchema(source, exactFields, table),
  repairing: bodySchema(source, repairingFields, table),
})

/** Bodies as documented, for the description of the API. */
export const exactBodies = (table: ClickIdTable) => ({
  browser: bodySchema('browser', exactFields, table),
  server: bodySchema('server', exactFields, table),
})

export interface ValidBody {
  /** Domain or alias, as it was sent. */
  site: string
  siteKey?: string | undefined
  events: Event[]
}

export type ValidationResult = { ok: true; body: ValidBody } | { ok: false; problems: Problem[] }

const maxProblems = 20

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
  { exact, repairing }: ReturnType<typeof createSchemas>,
): ValidationResult {
  const limits = { depth: 8, keys: 100, entries: maxEvents[source] }
  const problem = checkLimits(value, limits, hasEscapes)
  if (problem) return { ok: false, problems: [problem] }
  // Nearly every body is exact and stays the object that JSON.parse made: repairing takes three times as long.
  if (exact.safeParse(value).success) return valid(value as WireBody)
  const result = repairing.safeParse(value)
  if (result.success) return valid(result.data as WireBody)
  return { ok: false, problems: result.error.issues.flatMap(problemsOf).slice(0, maxProblems) }
}

function valid({ site, site_key: siteKey, events }: WireBody): ValidationResult {
  return { ok: true, body: { site, siteKey, events } }
}

function problemsOf(issue: z.core.$ZodIssue): Problem[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({ path: pathText([...issue.path, key]), problem: 'unknown key' }))
  }
  if (issue.code === 'invalid_union') return problemsOfUnion(issue)
  return [{ path: pathText(issue.path), problem: issue.message }]
}

/** The problems inside of the list that was tried; where it is no list, the message of the union. */
function problemsOfUnion(issue: z.core.$ZodIssueInvalidUnion): Problem[] {
  const inner = issue.errors.flat().filter(({ path }) => path.length > 0)
  if (inner.length > 0)
    return inner.map(({ path, message }) => ({ path: pathText([...issue.path, ...path]), problem: message }))
  const message = issue.errors.at(-1)?.[0]?.message ?? issue.message
  return [{ path: pathText(issue.path), problem: message }]
}
