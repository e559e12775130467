/**
 * Defines an event on its way from a request to a vendor.
 * Each privacy border has a type of its own: an `Event` holds personal data in plain text, a `HashedEvent` cannot.
 */
import type { ClickIdKey, ClickIdValues } from './click-ids.js'
import { dayMs } from './time.js'
import type { WirePrivacy, WireProperties, WireUser } from './wire.js'

declare const sha256Brand: unique symbol
/** 64 lower-case hex digits; made only by intake/hash.ts. */
export type Sha256 = string & { readonly [sha256Brand]: true }

export const skipReasons = [
  'unknown_site',
  'site_paused',
  'origin_not_allowed',
  'vendor_disabled',
  'no_connection',
  'consent',
  'bot',
  'unmappable',
  'too_old',
] as const
/** Why an event is deliberately not sent. A closed set: each reason needs a label in dashboard/components/labels.ts. */
export type SkipReason = (typeof skipReasons)[number]

/** TikTok's longest click window: it attributes an older event to no ad. */
export const maxEventAgeMs = 28 * dayMs

export type EventState = 'delivered' | 'pending' | 'failed' | 'skipped'

/** A `browser` event may come from anybody, a `server` event comes from the holder of an API key. */
export type Source = 'browser' | 'server'

/** A validated event with personal data in plain text. Never leaves the request. */
export interface Event {
  event: string
  event_id?: string | undefined
  /** Unix seconds. */
  event_time?: number | undefined
  user?: WireUser | undefined
  page?: { url?: string | undefined; referrer?: string | undefined } | undefined
  properties?: WireProperties | undefined
  privacy?: WirePrivacy | undefined
  /** Whether a privacy signal could not be read; the event is protected then. */
  unreadableSignal?: boolean
}

/** The sender of a request, as connection and headers show it. */
export interface RequestContext {
  source: Source
  /** Unix milliseconds. */
  receivedAt: number
  /** The visitor's IP address, by trusted proxies. Browsers only, like the fields down to `fromTrustedProxy`. */
  ip?: string | undefined
  userAgent?: string | undefined
  /** Host name of `Origin`, else of `Referer`; `null` for an opaque origin, absent without both headers. */
  originHost?: string | null | undefined
  referer?: string | undefined
  /** Domain of the API key. Servers only. */
  keySite?: string | undefined
  /** Whether the request carries `Sec-GPC: 1`. */
  gpc: boolean
  /** All headers; a proxy's may name the visitor's region. */
  headers?: Readonly<Record<string, string | string[] | undefined>>
  /** Whether the socket's peer is a trusted proxy. */
  fromTrustedProxy?: boolean
  cookies: VisitorCookies
}

/** The cookies of a visitor that matter. */
export interface VisitorCookies {
  /** Valid ids of our own cookies, else of the vendors' pixels. */
  clickIds: ClickIdValues
  /** Our own click-id cookies; `capturedAt` in Unix milliseconds. */
  captured: Partial<Record<ClickIdKey, { clickId: string; capturedAt: number }>>
  optOut: boolean
}

/**
 * Where the region alone turns Limited Data Use on: California, states with a law in force, the whole US, everywhere,
 * nowhere, or a set of states.
 */
export type LduScope = 'ccpa' | 'states' | 'us' | 'all' | 'off' | ReadonlySet<string>

/** How a phone number is written before it is hashed: `+14155551234` or `14155551234`. */
export type PhoneForm = 'e164' | 'digits'

/** A shop's site as the intake needs it. */
export interface Site {
  domain: string
  aliases: readonly string[]
  siteKey: string
  paused: boolean
  /** Default country of phone numbers, upper-case ISO 3166-1. */
  country?: string | undefined
  /** Whether CompletePayment and SubmitForm keep their old names. */
  keepLegacyNames: boolean
  /** Where the region turns Limited Data Use on; default TAGFERRY_LDU_SCOPE. */
  lduScope?: LduScope | undefined
  /** Limited Data Use where no country is known; default TAGFERRY_LDU_UNKNOWN. */
  lduUnknown?: boolean | undefined
  /** Whether only events with granted consent are sent. */
  consentRequired?: boolean | undefined
  /** Forms in which enabled vendors need the hash of a phone number, besides E.164. */
  phoneForms?: readonly PhoneForm[] | undefined
  /** Vendors with credentials, and whether the owner has switched each on. */
  vendors: readonly { name: string; enabled: boolean }[]
}

/** An event of a known site with ids, times and click ids filled in. Personal data is still in plain text. */
export interface EnrichedEvent {
  site: Site
  source: Source
  event: string
  eventId: string
  /** Unix seconds. */
  eventTime: number
  /** Unix milliseconds. */
  receivedAt: number
  user: WireUser
  /** Valid ids of click and browser. */
  clickIds: ClickIdValues
  visitor: Visitor
  /** Click ids that the address of the page carries. */
  landingKeys: readonly ClickIdKey[]
  page?: Page | undefined
  properties?: WireProperties | undefined
  privacy: WirePrivacy
  /** Whether a privacy signal could not be read; the event is protected then. */
  unreadableSignal?: boolean
  /** Names of the vendors that get the event. */
  vendors: readonly string[]
}

/** The vendor needs both in plain text, so they are encrypted at rest and deleted on delivery. */
export interface Visitor {
  ip?: string
  userAgent?: string
}

export interface Page {
  url: string
  referrer?: string
}

/** A person as stored: hashed, or coarse where the vendor requires plain text. */
export interface HashedUser extends ClickIdValues {
  email?: Sha256 | Sha256[]
  /** Of E.164 with `+`. */
  phone?: Sha256 | Sha256[]
  /** Of the same numbers without `+`, for vendors that hash digits only. */
  phone_digits?: Sha256 | Sha256[]
  external_id?: Sha256 | Sha256[]
  first_name?: Sha256
  last_name?: Sha256
  zip_code?: Sha256
  city?: string
  state?: string
  country?: string
  locale?: string
}

/** Fields that many people share. All others identify a person: directly, or through the click or browser. */
const sharedFields: ReadonlySet<string> = new Set([
  ...(['first_name', 'last_name', 'zip_code', 'city', 'state', 'country', 'locale'] as const),
] satisfies (keyof HashedUser)[])

/** Whether a field of a user identifies a person. */
export const isIdentifier = (field: string): boolean => !sharedFields.has(field)

/** The identifiers of a user, each with its key. All forms of a phone number have the key `phone`. */
export function identifiersOf(user: HashedUser): [key: string, value: string][] {
  return Object.entries(user).flatMap(([field, values]) => {
    if (!isIdentifier(field)) return []
    const key = field === 'phone_digits' ? 'phone' : field
    return [values].flat().map((value): [string, string] => [key, value])
  })
}

/** The only type of event that the store accepts: no field can hold a plain e-mail address, phone number or name. */
export interface HashedEvent {
  site: string
  source: Source
  event: string
  eventId: string
  /** Unix seconds. */
  eventTime: number
  /** Unix milliseconds. */
  receivedAt: number
  user: HashedUser
  visitor: Visitor
  page?: Page
  properties?: WireProperties
  limitedDataUse: boolean
  /** The reason for `limitedDataUse`, such as `gpc` or `unknown`. Never sent to a vendor. */
  privacyReason: string
  /** The vendor counts nothing under this code, and shows the event among its tests. */
  testEventCode?: string
}

/** A stored event that is not sent. Has no personal data. */
export interface SkippedEvent {
  site: string
  source: Source
  event: string
  eventId: string
  eventTime: number
  receivedAt: number
  reason: SkipReason
}

/** TikTok's names of web events, case-sensitive. Any other name is a custom event. */
export const standardEvents: ReadonlySet<string> = new Set(
  (
    'AddPaymentInfo AddToCart AddToWishlist ApplicationApproval CompleteRegistration Contact CustomizeProduct Download ' +
    'FindLocation InitiateCheckout Lead Purchase Schedule Search StartTrial SubmitApplication Subscribe ViewContent Pageview'
  ).split(' '),
)

/** Names that TikTok changed in 2025. Senders may still use the old ones. */
const currentNames: ReadonlyMap<string, string> = new Map([
  ['CompletePayment', 'Purchase'],
  ['SubmitForm', 'Lead'],
])

/** The name under which an event is stored, deduplicated and sent. */
export function currentName(name: string, keepLegacyNames: boolean): string {
  return keepLegacyNames ? name : (currentNames.get(name) ?? name)
}

/** Entries of a list; longer lists of pages are cut. */
export const maxEntries: Readonly<Record<Source, number>> = { browser: 100, server: 1_000 }

/** Keys of an item of `contents` that a vendor takes. */
export const itemKeys = [
  'content_id',
  'content_name',
  'content_category',
  'content_type',
  'brand',
  'price',
  'quantity',
] as const
