/** Reads single fields of a request body: as documented, and with repairs of what is unambiguous. */
import { z } from 'zod'
import { hostOf } from '../sites/hosts.js'
import { cleanText } from './clean-text.js'
import { parseTime, timeProblem } from './event-time.js'
import { maxText, unsafeNumber } from './own-values.js'
import { containsPersonalData } from './personal-data.js'
import { isPlaceholder } from './placeholder.js'
import type { WarningRule } from './warning.js'

/** Schemas of single fields. There are two sets of them: as documented, and with repairs. */
export interface Fields {
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

const anyCase = (word: string) => word.replace(/[a-z]/g, (letter) => `[${letter}${letter.toUpperCase()}]`)
/** How placeholders end. */
const printed = ['undefined', 'null', 'nan', 'none', 'nil', 'n/a'].map(anyCase).join('|')
/** Parts of templates, and characters that are cleaned from names: `repairingFields` decides about such a name. */
const unclear = '@+{%\\p{C}\\p{M}\\p{Zl}\\p{Zp}\\p{Default_Ignorable_Code_Point}'
const exactName = new RegExp(
  `^[^\\s(<#[_"${unclear}](?:[^${unclear}]{0,98}[^\\s\\]${unclear}])?$(?<!${printed})`,
  'u',
)

/** Accepts fields as documented, so that zod checks them without a copy. */
export const exactFields: Fields = {
  site: z.string().regex(/^[^\s/:?#]{1,253}$/),
  name: z.string().regex(exactName),
  eventId: z.string().regex(/^\S(?:[\s\S]{0,510}\S)?$/),
  seconds: z.number().int().min(1e9).lt(1e12),
  sentAt: z.number().min(1e12).lt(1e15),
  testEventCode: z
    .string()
    .regex(/^\S(?:[\s\S]{0,62}\S)?$/)
    .refine((code) => !isPlaceholder(code)),
  id: z.string().max(maxText),
  // Negative amounts are accepted with a warning.
  amount: z.number().min(0),
  integer: z.int().min(0),
  currency: z.string().regex(/^(?!NAN$|NIL$)[A-Z]{3}$/),
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

const isUsable = (value: unknown) =>
  value !== undefined && !(typeof value === 'string' && (isBlank(value) || isPlaceholder(value)))

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
  return Number.isSafeInteger(value) || value % 1 !== 0
    ? String(value)
    : unread(unsafeNumber, 'unsafe_number')
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

export const repairingFields: Fields = {
  site: z
    .string('expected the domain of the site')
    .trim()
    .min(1, 'the domain of the site is empty')
    .max(2_048)
    .transform(siteName),
  name: z
    .string('expected the name of the event')
    .transform(cleanText)
    .pipe(
      z
        .string()
        .min(1, 'the name is empty')
        .max(100, 'longer than 100 characters')
        .refine(
          (text) => !containsPersonalData(text),
          'the name of an event must not hold an e-mail address or a phone number',
        )
        .refine((text) => !isPlaceholder(text), {
          error: 'a placeholder for a missing name',
          params: { rule: 'placeholder' satisfies WarningRule },
        }),
    ),
  eventId: parsed(readEventId),
  seconds: parsed((value) => readTime(value, 1_000)),
  sentAt: parsed((value) => readTime(value, 1)),
  testEventCode: z
    .string('expected a text')
    .trim()
    .min(1, 'the code is empty')
    .max(64, 'longer than 64 characters')
    .refine(
      (code) => !isPlaceholder(code),
      'a placeholder for a missing code; TikTok would count none of the events',
    ),
  id: parsed(readText(maxText)),
  amount: parsed((value) =>
    readNumber(value, 'expected a number such as 49.9, without currency sign or thousands separator'),
  ),
  integer: parsed((value) => readNumber(value, 'expected a whole number', Number.isSafeInteger)),
  currency: z
    .string('expected a text')
    .max(100, 'longer than 100 characters')
    .transform((code) => code.trim().toUpperCase()),
  consent: parsed((value) => {
    const consent = typeof value === 'string' ? value.trim().toLowerCase() : value
    if (consent === '') return undefined
    return consent === 'granted' || consent === 'denied' ? consent : unread('expected "granted" or "denied"')
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
    const alias = isUsable(record[key])
      ? undefined
      : (aliases.find((name) => isUsable(record[name])) ??
        (isSet(record[key]) ? undefined : aliases.find((name) => isSet(record[name]))))
    if (alias === undefined) continue
    record[key] = record[alias]
    delete record[alias]
  }
  return record
}
