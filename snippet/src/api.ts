/** Declares the public types: settings, calls and listeners. The build copies them unchanged into `browser.d.ts`. */
import type { WireEvent, WireProperties, WireUser, WireWarning } from '../../collector/src/wire.js'

/** The `data-*` attributes of the script tag (`data-click-days` is `clickDays`). */
export interface TagferrySettings {
  /** URL that events are posted to, such as `https://shop.example/tagferry/e`. A script tag defaults to `e` beside it. */
  endpoint: string
  /** Registered domain, default: the page's host without `www.`. On any other domain the script does nothing. */
  site?: string
  /** Public key of the site, needed only in sandboxed frames. */
  siteKey?: string
  /** Further hosts that belong to the site, as a list or separated by commas. */
  aliases?: string | string[]
  /** Days a click id is kept, default 30. */
  clickDays?: number | string
  /** `off`: page views are sent by `page()` only; `hash`: a new fragment of the address is a new page. */
  pageview?: 'off' | 'on' | 'hash'
  /** `required`: nothing is stored or sent until `consent('grant')` or a consent platform grants it. */
  consent?: 'required'
  /** Number of the vendor in IAB's TCF list that needs consent too. */
  tcfVendor?: number | string
  /** Hosts of other domains to which links carry the click id, as a list or separated by commas. */
  linker?: string | string[]
  /** Tracks GA4's events from `dataLayer`. */
  datalayer?: string | boolean
  /** `replace`: tagferry becomes `window.ttq`; `mirror`: the collector gets the events of `window.ttq` too. */
  ttq?: 'replace' | 'mirror'
  /** Prefix of the attributes that make an element send an event, default `data-tt-`. */
  prefix?: string
  /** Logs to the console which events are captured, held, sent and skipped, and why. */
  debug?: boolean
}

/** `hold` keeps events in memory; `revoke` drops them and empties the storage. */
export type ConsentAnswer = 'grant' | 'revoke' | 'hold'

/** `queued`: stored for sending; `sent`: accepted by the collector; `skipped`: dropped, with a reason. */
export type EventStatus = 'queued' | 'sent' | 'skipped'

/** Data about the visitor, in plain text. */
export type Identity = Pick<
  WireUser,
  | 'email'
  | 'phone'
  | 'external_id'
  | 'first_name'
  | 'last_name'
  | 'city'
  | 'state'
  | 'country'
  | 'zip_code'
  | 'locale'
>

export interface TrackOptions {
  /** A server event with the same id counts as the same event. Default: from the order id, else random. */
  event_id?: string | number
  /** Unix seconds, default: now. */
  event_time?: number
}

/** The calls of a page. None of them ever throws. */
export interface Tagferry {
  /** Sends an event such as `track('Purchase', { value: 49.9, currency: 'USD', order_id: '1001' })`. */
  track(name: string, properties?: WireProperties, options?: TrackOptions): void
  /**
   * Adds data about the visitor to all later events. An empty value removes the field.
   * Pass plain text: the collector hashes it.
   */
  identify(identity: { [Key in keyof Identity]: Identity[Key] | null | undefined }): void
  /** Sends a `Pageview`, for pages that change without loading. */
  page(): void
  /** Sets the consent that the page itself has collected. */
  consent(answer: ConsentAnswer): void
  /** Calls the listener for each field of an accepted event that the collector left out or changed. */
  on(status: 'warning', listener: (event: WireEvent, warning: WireWarning) => void): void
  /** Calls the listener for each event that reaches the status. */
  on(status: EventStatus, listener: (event: WireEvent, reason?: string) => void): void
}
