/** What a page may call and what it gets told. Types only: copied as they are into `browser.d.ts`. */
import type { WireEvent, WireProperties, WireUser } from '../../collector/src/wire.js'

/** What the script tag says in `data-*` attributes (`data-click-days` is `clickDays`). */
export interface TagferrySettings {
  /** Where events are posted, such as `https://shop.example/tagferry/e`; a script tag's default is `e` beside it. */
  endpoint: string
  /** Registered domain, default: the page's host without `www.`. Elsewhere the script does nothing. */
  site?: string
  /** Public key of the site, needed only in sandboxed frames. */
  siteKey?: string
  /** Further hosts that count as the site, as a list or separated by commas. */
  aliases?: string | string[]
  /** Days a click id is kept, default 30. */
  clickDays?: number | string
  /** `off`: no page view but by `page()`; `hash`: another fragment of the address is another page. */
  pageview?: 'off' | 'on' | 'hash'
  /** `required`: store and send nothing until `consent('grant')` or a consent platform's yes. */
  consent?: 'required'
  /** Number of the vendor in IAB's TCF list that must be consented to as well. */
  tcfVendor?: number | string
  /** Hosts of other domains that a link carries the click id to, as a list or separated by commas. */
  linker?: string | string[]
  /** Take GA4's events from `dataLayer`. */
  datalayer?: string | boolean
  /** Be `window.ttq` (`replace`), or give its events to the collector as well (`mirror`). */
  ttq?: 'replace' | 'mirror'
  /** How the attributes begin that make an element send an event, default `data-tt-`. */
  prefix?: string
  /** Say on the console what is captured, held, sent, and why not. */
  debug?: boolean
}

/** `hold` keeps events in memory; `revoke` drops them and empties the storage. */
export type ConsentAnswer = 'grant' | 'revoke' | 'hold'

/** What happened to an event: stored for sending; taken by the collector; not sent, with the reason. */
export type TagferryNews = 'queued' | 'sent' | 'skipped'

export type Person = Pick<
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
  /** The same id on a server event makes the two one; default: by order id, else random. */
  event_id?: string | number
  /** Unix seconds, default: now. */
  event_time?: number
}

/** None of these ever throws. */
export interface Tagferry {
  /** Sends an event such as `track('Purchase', { value: 49.9, currency: 'USD', order_id: '1001' })`. */
  track(name: string, properties?: WireProperties, options?: TrackOptions): void
  /**
   * Adds to what is known of the visitor, for the events that follow; an empty value forgets the old one.
   * Plain values: the collector hashes them.
   */
  identify(person: { [Key in keyof Person]: Person[Key] | null | undefined }): void
  /** Sends a `Pageview`, for pages that change without loading. */
  page(): void
  consent(answer: ConsentAnswer): void
  on(news: TagferryNews, listener: (event: WireEvent, reason?: string) => void): void
}
