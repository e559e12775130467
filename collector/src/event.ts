/**
 * The vocabulary of the house: what an event is on its way from a request to a vendor.
 * Each privacy border is a new type: `Event` is in the clear, `SafeEvent` cannot be.
 */
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
] as const
/** Why an event is not sent, on purpose. A closed set: add one and the compiler names every place. */
export type SkipReason = (typeof skipReasons)[number]

export type EventState = 'delivered' | 'pending' | 'failed' | 'skipped'

/** `browser` events come from anybody, `server` events from the holder of an API key. */
export type Source = 'browser' | 'server'

/** A validated event: types are right, personal data is still in the clear. Lives only within a request. */
export interface Event {
  event: string
  event_id?: string | undefined
  /** Unix seconds. */
  event_time?: number | undefined
  user?: WireUser | undefined
  page?: { url?: string | undefined; referrer?: string | undefined } | undefined
  properties?: WireProperties | undefined
  privacy?: WirePrivacy | undefined
}

/** What the connection says about the sender, apart from the body. */
export interface RequestContext {
  source: Source
  /** Unix milliseconds. */
  receivedAt: number
  /** Address of the visitor as the trusted proxies tell it; a browser's only. */
  ip?: string | undefined
  userAgent?: string | undefined
  /** Host name of `Origin`, else of `Referer`; `null` for an opaque origin; absent when neither came. */
  originHost?: string | null | undefined
  referer?: string | undefined
  /** The site's public key from the body. */
  siteKey?: string | undefined
  /** Site named by the API key; servers only. */
  keySite?: string | undefined
  gpc: boolean
  /** For the region headers of a proxy. */
  headers?: Readonly<Record<string, string | string[] | undefined>>
  /** Whether the socket's peer is a proxy that the owner trusts. */
  fromTrustedProxy?: boolean
  cookies: {
    clickId?: string | undefined
    /** Our own cookie, as it stands in the browser. */
    kept?: { clickId: string; capturedAt: number }
    ttp?: string | undefined
    optOut: boolean
  }
}

/** Where the region alone sets Limited Data Use: California, states with a law in force, all of the US, a list, everywhere, nowhere. */
export type LduScope = 'ccpa' | 'states' | 'us' | 'all' | 'off' | ReadonlySet<string>

/** A customer's domain and what the intake must know of it. */
export interface Site {
  domain: string
  aliases: readonly string[]
  siteKey: string
  paused: boolean
  /** Default country of phone numbers, upper-case ISO 3166-1. */
  country?: string | undefined
  /** Keep CompletePayment and SubmitForm under their old names. */
  keepLegacyNames: boolean
  /** Where the region alone sets Limited Data Use, as its owner says; else TAGFERRY_LDU_SCOPE. */
  lduScope?: LduScope | undefined
  /** The flag where no country is known; else TAGFERRY_LDU_UNKNOWN. */
  lduUnknown?: boolean | undefined
  /** Only what comes with consent granted is sent. */
  consentRequired?: boolean | undefined
  /** Vendors with credentials, and whether the owner has switched each on. */
  vendors: readonly { name: string; enabled: boolean }[]
}

/** An event of a known site with ids, times and click ids filled in; still in the clear. */
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
  ttclid?: string | undefined
  ttp?: string | undefined
  visitor: Visitor
  /** The page's own address carries the click id. */
  landing: boolean
  page?: Page | undefined
  properties?: WireProperties | undefined
  privacy: WirePrivacy
  vendors: readonly string[]
}

/** Must travel plain to the vendor, so it is sealed at rest and dropped on delivery. */
export interface Visitor {
  ip?: string
  userAgent?: string
}

export interface Page {
  url: string
  referrer?: string
}

/** The person as may be stored: hashed, or coarse and plain by the vendor's rule. */
export interface HashedUser {
  email?: Sha256 | Sha256[]
  phone?: Sha256 | Sha256[]
  external_id?: Sha256 | Sha256[]
  first_name?: Sha256
  last_name?: Sha256
  zip_code?: Sha256
  city?: string
  state?: string
  country?: string
  ttclid?: string
  ttp?: string
  locale?: string
}

/** The only kind of event that the store takes: no field can hold a plain e-mail, phone or name. */
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
  /** Why the flag is what it is, such as `gpc` or `unknown`; never sent to a vendor. */
  privacyReason: string
}

/** What is kept of an event that is not sent: nothing personal. */
export interface SkippedEvent {
  site: string
  source: Source
  event: string
  eventId: string
  eventTime: number
  receivedAt: number
  reason: SkipReason
}

/** TikTok's names for web events, case-sensitive; any other name is a custom event. */
export const standardEvents: ReadonlySet<string> = new Set(
  (
    'AddPaymentInfo AddToCart AddToWishlist ApplicationApproval CompleteRegistration Contact CustomizeProduct Download ' +
    'FindLocation InitiateCheckout Lead Purchase Schedule Search StartTrial SubmitApplication Subscribe ViewContent Pageview'
  ).split(' '),
)

/** Names that TikTok changed in 2025; the old ones are taken on input. */
const renamed: ReadonlyMap<string, string> = new Map([
  ['CompletePayment', 'Purchase'],
  ['SubmitForm', 'Lead'],
])

/** The name under which an event is stored, deduplicated and sent. */
export function currentName(name: string, keepLegacyNames: boolean): string {
  return keepLegacyNames ? name : (renamed.get(name) ?? name)
}
