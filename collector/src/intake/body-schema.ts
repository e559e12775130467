/** Describes request bodies by zod schemas: as documented, and with repairs of what is unambiguous. */
import { z } from 'zod'
import type { ClickIdTable } from '../click-ids.js'
import { itemKeys, maxEntries, type Source } from '../event.js'
import { exactFields, type Fields, repairingFields } from './fields.js'
import { maxText } from './own-values.js'

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
        .max(maxEntries[source], `more than ${maxEntries[source]} events`),
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
  /** The documented places, without indexes. */
  documented: ReadonlySet<string>
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
    documented: documentedPlaces(table),
    knownKeys: new Set([envelope.shape, ...parts].flatMap((part) => Object.keys(part))),
  }
}

/**
 * The documented places in a request and its events, without indexes: `user.email[]`, `properties.contents[].price`.
 * They hold no key that a sender has chosen.
 */
export function documentedPlaces(table: ClickIdTable): ReadonlySet<string> {
  const { shape } = eventSchema('server', repairingFields, table)
  const inPart = (part: 'user' | 'page' | 'properties' | 'privacy') =>
    Object.keys(shape[part].unwrap().shape).map((key) => `${part}.${key}`)
  const fields = [
    ...['site', 'site_key', 'events', 'sent_at', 'on_invalid', 'test_event_code'],
    ...Object.keys(shape),
    ...inPart('user'),
    ...inPart('page'),
    ...inPart('properties'),
    ...inPart('privacy'),
    ...itemKeys.map((key) => `properties.contents[].${key}`),
  ]
  return new Set(['', ...fields, ...fields.map((field) => `${field}[]`)])
}

/** Bodies as documented, for the description of the API. */
export const exactBodies = (table: ClickIdTable) => {
  const fields: Fields = {
    ...exactFields,
    name: z.string().regex(/^[^\s@+](?:[^@+]{0,98}[^\s@+])?$/),
    amount: z.number(),
    integer: z.int(),
    item: (shape: z.ZodRawShape) => z.looseObject(shape),
  }
  return { browser: bodySchema('browser', fields, table), server: bodySchema('server', fields, table) }
}
