/** What a request body must look like: one zod schema for browsers, one for servers; what is certain is repaired. */
import { z } from 'zod'
import type { Event, Source } from '../event.js'
import type { WireBody } from '../wire.js'
import { type Problem, pathText } from './problem.js'
import { isPersonal } from './redact-properties.js'

const maxText = 8_192

/** The leaves of a body, read in one of two ways: exactly as documented, or with certain repairs. */
interface Leaves {
  name: z.ZodType
  eventId: z.ZodType
  seconds: z.ZodType
  /** A text; a number becomes its digits, as ids often come as numbers. */
  id: z.ZodType
  amount: z.ZodType
  whole: z.ZodType
  currency: z.ZodType
}

/** What a careful sender writes: nothing to repair, so that zod only has to look. */
const exact: Leaves = {
  name: z.string().regex(/^[^\s@+](?:[^@+]{0,98}[^\s@+])?$/),
  eventId: z.string().regex(/^\S(?:[\s\S]{0,510}\S)?$/),
  seconds: z.number().int().min(1e9).lt(1e12),
  id: z.string().max(maxText),
  amount: z.number(),
  whole: z.int(),
  currency: z.string().regex(/^[A-Z]{3}$/),
}

/** A field read by hand: zod's own coercions would take `""` for 0 and `true` for 1. */
function read<T>(expected: string, take: (value: unknown) => T | undefined) {
  return z.unknown().transform((value, context): T => {
    const taken = take(value)
    if (taken !== undefined) return taken
    context.addIssue({ code: 'custom', message: `expected ${expected}`, input: undefined })
    return z.NEVER
  })
}

const asNumber = (value: unknown) => {
  const number = typeof value === 'string' && /^\s*-?\d+(\.\d+)?\s*$/.test(value) ? Number(value) : value
  return typeof number === 'number' && Number.isFinite(number) ? number : undefined
}
const asText = (most: number) => (value: unknown) => {
  // Beyond 2^53 different digits become one number: the sender must write them as a text.
  const isId = typeof value === 'number' && (Number.isSafeInteger(value) || value % 1 !== 0)
  const text = isId && Number.isFinite(value) ? String(value) : value
  return typeof text === 'string' && text.length <= most ? text : undefined
}

const repairing: Leaves = {
  name: z
    .string('expected the name of the event')
    .trim()
    .min(1, 'the name is empty')
    .max(100, 'longer than 100 characters')
    .refine(
      (text) => !isPersonal(text),
      'the name of an event must not hold an e-mail address or a phone number',
    ),
  eventId: read('a text or a number of at most 512 characters', (value) => asText(512)(value)?.trim()),
  seconds: read('Unix seconds, such as 1795400000', (value) => {
    const number = asNumber(value)
    if (number === undefined || number < 1e9) return undefined
    // 13 digits are milliseconds: as seconds they would be the year 33658 or later.
    return Math.floor(number >= 1e12 && number < 1e13 ? number / 1000 : number)
  }),
  id: read(`a text or a number of at most ${maxText} characters`, asText(maxText)),
  amount: read('a number such as 49.9, without currency sign or thousands separator', asNumber),
  whole: read('a whole number', (value) => {
    const number = asNumber(value)
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

function bodySchema(source: Source, leaf: Leaves) {
  const fromServer = source === 'server' ? text.optional() : serverOnly
  const user = z.strictObject({
    email: listOr(text, 'expected a text or a list of texts'),
    phone: listOr(leaf.id, 'expected a text or a list of texts'),
    external_id: listOr(leaf.id, 'expected a text or a list of texts'),
    first_name: text.optional(),
    last_name: text.optional(),
    city: text.optional(),
    state: text.optional(),
    country: text.optional(),
    zip_code: leaf.id.optional(),
    ttclid: text.optional(),
    ttp: text.optional(),
    locale: text.optional(),
    ip: fromServer,
    user_agent: fromServer,
  })
  const content = z.looseObject(
    {
      content_id: leaf.id.optional(),
      content_name: leaf.id.optional(),
      content_category: leaf.id.optional(),
      brand: leaf.id.optional(),
      price: leaf.amount.optional(),
      quantity: leaf.whole.optional(),
    },
    'expected an object such as {"content_id": "sku-1", "quantity": 1, "price": 49.9}',
  )
  const properties = z.looseObject({
    value: leaf.amount.optional(),
    currency: leaf.currency.optional(),
    content_type: text.optional(),
    content_ids: z.array(leaf.id, 'expected a list of ids').optional(),
    contents: z.array(content, 'expected a list of contents').optional(),
    num_items: leaf.whole.optional(),
    search_string: leaf.id.optional(),
    description: text.optional(),
    order_id: leaf.id.optional(),
    shop_id: leaf.id.optional(),
    customer_type: text.optional(),
  })
  const privacy = z.strictObject({
    gpc: flag.optional(),
    // Malformed ones are ignored, so no length is refused here.
    usp: z.string('expected a text').optional(),
    gpp: z.string('expected a text').optional(),
    gpp_sid: z.array(z.number('expected a number'), 'expected a list of numbers').optional(),
    consent: z.enum(['granted', 'denied'], 'expected "granted" or "denied"').optional(),
    opt_out: flag.optional(),
    limited_data_use: flag.optional(),
  })
  const event = z.strictObject({
    event: leaf.name,
    event_id: leaf.eventId.optional(),
    event_time: leaf.seconds.optional(),
    user: user.optional(),
    page: z.strictObject({ url: text.optional(), referrer: text.optional() }).optional(),
    properties: properties.optional(),
    privacy: privacy.optional(),
  })
  const maxEvents = source === 'server' ? 1_000 : 100
  return z.strictObject({
    site: z
      .string('expected the domain of the site')
      .trim()
      .min(1, 'the domain of the site is empty')
      .max(253),
    site_key: z.string('expected a text').max(100).optional(),
    events: z
      .array(event, 'expected a list of events')
      .min(1, 'the list of events is empty')
      .max(maxEvents, `more than ${maxEvents} events`),
    sent_at: z.unknown().optional(),
  })
}

const schemas = {
  browser: { exact: bodySchema('browser', exact), repairing: bodySchema('browser', repairing) },
  server: { exact: bodySchema('server', exact), repairing: bodySchema('server', repairing) },
}

/** What a careful sender writes, for the description of the API. */
export const exactBodies = { browser: schemas.browser.exact, server: schemas.server.exact }

export interface ValidBody {
  site: string
  siteKey?: string | undefined
  events: Event[]
}

export type Validated = { ok: true; body: ValidBody } | { ok: false; problems: Problem[] }

/** The body with certain repairs made, or all that is wrong with it (the first 20 problems). */
export function validate(body: unknown, source: Source): Validated {
  // Nearly every body is exact and stays the object that JSON.parse made: a third of the time of repairing it.
  if (schemas[source].exact.safeParse(body).success) return valid(body as WireBody)
  const result = schemas[source].repairing.safeParse(body)
  if (result.success) return valid(result.data as WireBody)
  return { ok: false, problems: result.error.issues.flatMap(problemsOf).slice(0, 20) }
}

function valid({ site, site_key: siteKey, events }: WireBody): Validated {
  return { ok: true, body: { site, siteKey, events } }
}

function problemsOf(issue: z.core.$ZodIssue): Problem[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({ path: pathText([...issue.path, key]), problem: 'unknown key' }))
  }
  if (issue.code === 'invalid_union') {
    const deepest = issue.errors.flat().filter((inner) => inner.path.length > 0)
    if (deepest.length > 0) {
      return deepest.map((inner) => ({
        path: pathText([...issue.path, ...inner.path]),
        problem: inner.message,
      }))
    }
    const message = issue.errors.at(-1)?.[0]?.message ?? issue.message
    return [{ path: pathText(issue.path), problem: message }]
  }
  return [{ path: pathText(issue.path), problem: issue.message }]
}
