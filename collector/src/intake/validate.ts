/** What a request body must look like: one zod schema for browsers, one for servers; what is certain is repaired. */
import { z } from 'zod'
import type { Event } from '../event.js'
import { type Problem, pathText } from './problem.js'

const maxText = 8_192

/** A field read by hand: zod's own coercions would take `""` for 0 and `true` for 1. */
function read<T>(expected: string, take: (value: unknown) => T | undefined) {
  return z.unknown().transform((value, context): T => {
    const taken = take(value)
    if (taken !== undefined) return taken
    context.addIssue({ code: 'custom', message: `expected ${expected}`, input: undefined })
    return z.NEVER
  })
}

const text = z.string('expected a text').max(maxText, `longer than ${maxText} characters`)
const flag = z.boolean('expected true or false')

/** Texts; a number becomes its digits, as ids often come as numbers. */
const idText = read(`a text or a number of at most ${maxText} characters`, (value) => {
  if (typeof value === 'number' && Number.isFinite(value)) return String(value)
  return typeof value === 'string' && value.length <= maxText ? value : undefined
})

const amountPattern = /^\s*-?\d+(\.\d+)?\s*$/
const asNumber = (value: unknown) => {
  const number = typeof value === 'string' && amountPattern.test(value) ? Number(value) : value
  return typeof number === 'number' && Number.isFinite(number) ? number : undefined
}
const amount = read('a number such as 49.9, without currency sign or thousands separator', asNumber)
const whole = read('a whole number', (value) => {
  const number = asNumber(value)
  return number !== undefined && Number.isSafeInteger(number) ? number : undefined
})

const seconds = read('Unix seconds, such as 1795400000', (value) => {
  const number = asNumber(value)
  if (number === undefined || number < 1e9) return undefined
  // 13 digits are milliseconds: as seconds they would be the year 33658 or later.
  return Math.floor(number >= 1e12 && number < 1e13 ? number / 1000 : number)
})

const name = z
  .string('expected the name of the event')
  .trim()
  .min(1, 'the name is empty')
  .max(100, 'longer than 100 characters')
const eventId = read('a text or a number of at most 512 characters', (value) => {
  if (typeof value === 'number' && Number.isFinite(value)) return String(value)
  return typeof value === 'string' && value.length <= 512 ? value.trim() : undefined
})

const oneOrMore = (entry: typeof idText) => z.union([z.array(entry), entry]).optional()
const person = {
  email: z.union([z.array(text), text], 'expected a text or a list of texts').optional(),
  phone: oneOrMore(idText),
  external_id: oneOrMore(idText),
  first_name: text.optional(),
  last_name: text.optional(),
  city: text.optional(),
  state: text.optional(),
  country: text.optional(),
  zip_code: idText.optional(),
  ttclid: text.optional(),
  ttp: text.optional(),
  locale: text.optional(),
}

const content = z.looseObject(
  {
    content_id: idText.optional(),
    content_name: idText.optional(),
    content_category: idText.optional(),
    brand: idText.optional(),
    price: amount.optional(),
    quantity: whole.optional(),
  },
  'expected an object such as {"content_id": "sku-1", "quantity": 1, "price": 49.9}',
)

const properties = z.looseObject(
  {
    value: amount.optional(),
    currency: text.transform((code) => code.trim().toUpperCase()).optional(),
    content_type: text.optional(),
    content_ids: z.array(idText, 'expected a list of ids').optional(),
    contents: z.array(content, 'expected a list of contents').optional(),
    num_items: whole.optional(),
    search_string: idText.optional(),
    description: text.optional(),
    order_id: idText.optional(),
    shop_id: idText.optional(),
    customer_type: text.optional(),
  },
  'expected an object',
)

const privacy = z.strictObject({
  gpc: flag.optional(),
  usp: text.optional(),
  gpp: text.optional(),
  gpp_sid: z.array(z.number('expected a number'), 'expected a list of numbers').optional(),
  consent: z.enum(['granted', 'denied'], 'expected "granted" or "denied"').optional(),
  opt_out: flag.optional(),
  limited_data_use: flag.optional(),
})

function bodySchema(user: z.ZodType, maxEvents: number) {
  const event = z.strictObject({
    event: name,
    event_id: eventId.optional(),
    event_time: seconds.optional(),
    user: user.optional(),
    page: z.strictObject({ url: text.optional(), referrer: text.optional() }).optional(),
    properties: properties.optional(),
    privacy: privacy.optional(),
  })
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

const serverOnly = z.never('comes from the connection; only servers may send it, to /v1/events').optional()
const schemas = {
  browser: bodySchema(z.strictObject({ ...person, ip: serverOnly, user_agent: serverOnly }), 100),
  server: bodySchema(z.strictObject({ ...person, ip: text.optional(), user_agent: text.optional() }), 1_000),
}

export interface ValidBody {
  site: string
  siteKey?: string | undefined
  events: Event[]
}

/** The body with certain repairs made, or all that is wrong with it (the first 20 problems). */
export function validate(
  body: unknown,
  source: 'browser' | 'server',
): { ok: true; body: ValidBody } | { ok: false; problems: Problem[] } {
  const result = schemas[source].safeParse(body)
  if (result.success) {
    const { site, site_key: siteKey, events } = result.data
    return { ok: true, body: { site, siteKey, events: events as Event[] } }
  }
  return { ok: false, problems: result.error.issues.flatMap(problemsOf).slice(0, 20) }
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
