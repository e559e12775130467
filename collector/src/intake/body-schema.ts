/** Describes request bodies by zod schemas: as documented, and with repairs of what is unambiguous. */
import { z } from 'zod'
import type { ClickIdTable } from '../click-ids.js'
import type { itemKeys, Source } from '../event.js'
import { hostOf } from '../sites/hosts.js'
import { parseTime, timeProblem } from './event-time.js'
import { containsPersonalData } from './personal-data.js'
import type { WarningRule } from './warning.js'

const maxText = 8_192

/** Events of a request. */
export const maxEvents: Readonly<Record<Source, number>> = { browser: 100, server: 1_000 }

/** Schemas of single fields. There are two sets of them: as documented, and with repairs. */
interface Fields {
  site: z.ZodType
  name: z.ZodType
  eventId: z.ZodType
  seconds: z.ZodType
  /** Unix milliseconds. */
  sentAt: z.ZodType
  testEventCode: z.ZodType
  /** A text. Ids often come as numbers, which are repaired. */
  id: z.ZodType
  amount: z.ZodType
  integer: z.ZodType
  currency: z.ZodType
  consent: z.ZodType
  /** An item of `contents`. */
  item: (fields: z.ZodRawShape) => z.ZodType
}

/** Accepts fields as documented, so that zod checks them without a copy. */
const exactFields: Fields = {
  site: z.string().regex(/^[^\s/:?#]{1,253}$/),
  name: z.string().regex(/^[^\s@+](?:[^@+]{0,98}[^\s@+])?$/),
  eventId: z.string().regex(/^\S(?:[\s\S]{0,510}\S)?$/),
  seconds: z.number().int().min(1e9).lt(1e12),
  sentAt: z.number().min(1e12).lt(1e15),
  testEventCode: z.string().regex(/^\S(?:[\s\S]{0,62}\S)?$/),
  id: z.string().max(maxText),
  amount: z.number(),
  integer: z.int(),
  currency: z.string().regex(/^[A-Z]{3}$/),
  consent: z.enum(['granted', 'denied']),
  item: (fields) => z.strictObject(fields),
}

/** Why a value cannot be read. */
interface Unread {
  problem: string
  rule: WarningRule
  /** Longest allowed text. */
  maxLength?: number
}

const unread = (problem: string, rule: WarningRule = 'invalid_value'): Unread => ({ problem, rule })

/** A field with a parser of its own: zod's coercion would turn `""` into 0 and `true` into 1. */
function parsed<T extends string | number | undefined>(parse: (value: unknown) => T | Unread) {
  return z.unknown().transform((value, context): T => {
    const result = parse(value)
    if (typeof result !== 'object') return result
    const { problem: message, ...params } = result
    context.addIssue({ code: 'custom', message, params, input: undefined })
    return z.NEVER
  })
}

const isBlank = (value: unknown) => typeof value === 'string' && value.trim() === ''

const isSet = (value: unknown) => value !== undefined && !isBlank(value)

/** Reads a number, also in a text. An empty text counts as absent. */
function readNumber(value: unknown, expected: string, isValid = Number.isFinite) {
  if (isBlank(value)) return undefined
  const number = typeof value === 'string' && /^\s*-?\d+(\.\d+)?\s*$/.test(value) ? Number(value) : value
  return typeof number === 'number' && isValid(number) ? number : unread(expected)
}

function readTime(value: unknown, unitMs: number) {
  if (isBlank(value)) return undefined
  const time = parseTime(value)
  return time === undefined ? unread(timeProblem(value)) : Math.floor(time / unitMs)
}

const readText = (maxLength: number) => (value: unknown) => {
  // zod counts characters beyond U+FFFF once as well.
  if (typeof value === 'string' && value.length > maxLength && [...value].length > maxLength)
    return { ...unread(`longer than ${maxLength} characters`, 'too_long'), maxLength }
  if (typeof value === 'string') return value
  if (typeof value !== 'number' || !Number.isFinite(value)) return unread('expected a text or a number')
  // Beyond 2^53 different ids become the same number, so the sender must write them as texts.
  return Number.isSafeInteger(value) || value % 1 !== 0
    ? String(value)
    : unread('beyond 2^53, where JSON parsers round numbers: write it as a text', 'unsafe_number')
}

function readEventId(value: unknown) {
  const text = readText(512)(value)
  return typeof text === 'string' ? text.trim() : text
}

/** The domain in a text that may be an address, such as `https://www.shop.example/`. */
function siteName(text: string): string {
  if (!/[/:?#]/.test(text)) return text
  return hostOf(/^https?:\/\//i.test(text) ? text : `https://${text}`) ?? text
}

const repairingFields: Fields = {
  site: z
    .string('expected the domain of the site')
    .trim()
    .min(1, 'the domain of the site is empty')
    .max(2_048)
    .transform(siteName),
  name: z
    .string('expected the name of the event')
    .trim()
    .min(1, 'the name is empty')
    .max(100, 'longer than 100 characters')
    .refine(
      (text) => !containsPersonalData(text),
      'the name of an event must not hold an e-mail address or a phone number',
    ),
  eventId: parsed(readEventId),
  seconds: parsed((value) => readTime(value, 1_000)),
  sentAt: parsed((value) => readTime(value, 1)),
  testEventCode: z
    .string('expected a text')
    .trim()
    .min(1, 'the code is empty')
    .max(64, 'longer than 64 characters'),
  id: parsed(readText(maxText)),
  amount: parsed((value) =>
    readNumber(value, 'expected a number such as 49.9, without currency sign or thousands separator'),
  ),
  integer: parsed((value) => readNumber(value, 'expected a whole number', Number.isSafeInteger)),
  currency: z
    .string('expected a text')
    .max(100, 'longer than 100 characters')
    .transform((code) => code.trim().toUpperCase()),
  consent: z.unknown().transform((value, context) => {
    const consent = typeof value === 'string' ? value.trim().toLowerCase() : value
    if (consent === '') return undefined
    if (consent === 'granted' || consent === 'denied') return consent
    context.addIssue({ code: 'custom', message: 'expected "granted" or "denied"', input: undefined })
    return z.NEVER
  }),
  item: (fields) =>
    z.preprocess(
      renameItemKeys,
      z.looseObject(
        fields,
        'expected an object such as {"content_id": "sku-1", "quantity": 1, "price": 49.9}',
      ),
    ),
}

/** Keys of items on other platforms, the most certain first. */
const itemAliases: readonly [key: string, aliases: readonly string[]][] = [
  ['content_id', ['item_id', 'product_id', 'sku', 'variant_id', 'id']],
  ['content_name', ['item_name', 'product_name', 'name', 'title']],
  ['content_category', ['item_category', 'category']],
  ['brand', ['item_brand', 'vendor']],
]

/** Gives an item our names in place of those of GA4, Segment, Shopify and WooCommerce. */
function renameItemKeys(item: unknown): unknown {
  if (typeof item !== 'object' || item === null || Array.isArray(item)) return item
  const record = item as Record<string, unknown>
  for (const [key, aliases] of itemAliases) {
    const alias = isSet(record[key]) ? undefined : aliases.find((name) => isSet(record[name]))
    if (alias === undefined) continue
    record[key] = record[alias]
    delete record[alias]
  }
  return record
}

const text = z.string('expected a text').max(maxText, `longer than ${maxText} characters`)
const flag = z.boolean('expected true or false')
const listOr = (entry: z.ZodType, expected: string) => z.union([entry, z.array(entry)], expected).optional()
const serverOnly = z.never('comes from the connection; only servers may send it, to /v1/events').optional()

function userSchema(source: Source, fields: Fields, table: ClickIdTable) {
  const fromServer = source === 'server' ? text.optional() : serverOnly
  return z.strictObject(
    {
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
    },
    'expected an object such as {"email": "jane@example.com"}',
  )
}

function propertiesSchema(fields: Fields) {
  const item = fields.item({
    content_id: fields.id.optional(),
    content_name: fields.id.optional(),
    content_category: fields.id.optional(),
    brand: fields.id.optional(),
    price: fields.amount.optional(),
    quantity: fields.integer.optional(),
    // Not documented by TikTok, but common: it becomes the type of all items.
    content_type: z.unknown().optional(),
  } satisfies Record<(typeof itemKeys)[number], z.ZodType>)
  return z.looseObject(
    {
      value: fields.amount.optional(),
      currency: fields.currency.optional(),
      content_type: text.optional(),
      content_ids: z.array(fields.id, 'expected a list of ids').optional(),
      contents: z.array(item, 'expected a list of contents').optional(),
      num_items: fields.integer.optional(),
      search_string: fields.id.optional(),
      description: text.optional(),
      order_id: fields.id.optional(),
      shop_id: fields.id.optional(),
      customer_type: text.optional(),
    },
    'expected an object such as {"value": 49.9, "currency": "USD"}',
  )
}

const privacySchema = (fields: Fields) =>
  z.strictObject(
    {
      gpc: flag.optional(),
      // Malformed strings are ignored, so their length is not limited.
      usp: z.string('expected a text').optional(),
      gpp: z.string('expected a text').optional(),
      gpp_sid: z.array(z.number('expected a number'), 'expected a list of numbers').optional(),
      consent: fields.consent.optional(),
      opt_out: flag.optional(),
      limited_data_use: flag.optional(),
    },
    'expected an object such as {"consent": "granted"}',
  )

const pageSchema = z.strictObject(
  { url: text.optional(), referrer: text.optional() },
  'expected an object such as {"url": "https://shop.example/"}',
)

function eventSchema(source: Source, fields: Fields, table: ClickIdTable) {
  return z.strictObject(
    {
      event: fields.name,
      event_id: fields.eventId.optional(),
      event_time: fields.seconds.optional(),
      user: userSchema(source, fields, table).optional(),
      page: pageSchema.optional(),
      properties: propertiesSchema(fields).optional(),
      privacy: privacySchema(fields).optional(),
    },
    'expected an event such as {"event": "Purchase"}',
  )
}

/** The body around events of any form. */
function envelopeSchema(source: Source, fields: Fields, event: z.ZodType) {
  const fromServer = <Schema extends z.ZodType>(schema: Schema) =>
    source === 'server' ? { test_event_code: schema.optional() } : {}
  return z.strictObject(
    {
      site: fields.site,
      site_key: z.string('expected a text').max(100, 'longer than 100 characters').optional(),
      events: z
        .array(event, 'expected a list of events')
        .min(1, 'the list of events is empty')
        .max(maxEvents[source], `more than ${maxEvents[source]} events`),
      sent_at: fields.sentAt.optional(),
      on_invalid: z
        .literal('drop', 'expected "drop", which leaves out invalid fields, or nothing')
        .optional(),
      ...fromServer(fields.testEventCode),
    },
    'expected an object such as {"site": "shop.example", "events": [{"event": "Purchase"}]}',
  )
}

const bodySchema = (source: Source, fields: Fields, table: ClickIdTable) =>
  envelopeSchema(source, fields, eventSchema(source, fields, table))

export interface BodySchemas {
  exact: z.ZodType
  repairing: z.ZodType
  /** The body around its events, with repairs. */
  envelope: z.ZodType
  /** One event, with repairs. */
  event: z.ZodType
  /** The keys of all objects. */
  knownKeys: ReadonlySet<string>
}

export function createSchemas(source: Source, table: ClickIdTable): BodySchemas {
  const event = eventSchema(source, repairingFields, table)
  const envelope = envelopeSchema(source, repairingFields, z.unknown())
  const { shape } = event
  const parts = [shape, shape.user, shape.page, shape.properties, shape.privacy].map((part) =>
    part instanceof z.ZodOptional ? (part.unwrap() as z.ZodObject).shape : part,
  )
  return {
    exact: bodySchema(source, exactFields, table),
    repairing: bodySchema(source, repairingFields, table),
    envelope,
    event,
    knownKeys: new Set([envelope.shape, ...parts].flatMap((part) => Object.keys(part))),
  }
}

/** Bodies as documented, for the description of the API. */
export const exactBodies = (table: ClickIdTable) => {
  const fields = { ...exactFields, item: (shape: z.ZodRawShape) => z.looseObject(shape) }
  return { browser: bodySchema('browser', fields, table), server: bodySchema('server', fields, table) }
}
