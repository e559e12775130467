/**
 * Defines the bodies of collect requests and their answers. The snippet imports these types and nothing else of the
 * collector; this file has types only.
 *
 * The cookie and the localStorage entry `tagferry_ttclid` hold `<click id>~<capture time in Unix ms>`. Snippet and
 * collector both read and write this form.
 */

/** Body of `POST /e` and `POST /v1/events`. */
export interface WireBody {
  /** Registered domain, such as `shop.example`. */
  site: string
  /** Public key of the site, required where the browser sends `Origin: null`. */
  site_key?: string
  events: WireEvent[]
  /** The sender's clock at the time of the request, Unix milliseconds. Corrects `event_time` where the clock is wrong. */
  sent_at?: number
  /** Leaves out invalid fields instead of refusing the request, as is done for browsers. */
  on_invalid?: 'drop'
  /** From servers only. TikTok shows the events among the tests of this code and counts none of them. */
  test_event_code?: string
}

export interface WireEvent {
  /** TikTok's event name, such as `Purchase`, or a custom one; at most 100 characters. */
  event: string
  event_id?: string
  /** Unix seconds. */
  event_time?: number
  user?: WireUser
  page?: { url?: string; referrer?: string }
  properties?: WireProperties
  privacy?: WirePrivacy
}

/** Personal data in plain text, or as SHA-256 (64 hex digits). */
export interface WireUser {
  email?: string | string[]
  phone?: string | string[]
  external_id?: string | string[]
  first_name?: string
  last_name?: string
  city?: string
  state?: string
  country?: string
  zip_code?: string
  ttclid?: string
  ttp?: string
  locale?: string
  /** From servers only. A browser's address comes from its connection. */
  ip?: string
  /** From servers only. A browser's user agent comes from its headers. */
  user_agent?: string
}

export interface WireContent {
  content_id?: string
  content_name?: string
  content_category?: string
  brand?: string
  price?: number
  quantity?: number
}

/** Known keys have types; any other key is accepted as well. */
export interface WireProperties {
  value?: number
  currency?: string
  content_type?: 'product' | 'product_group'
  content_ids?: string[]
  contents?: WireContent[]
  num_items?: number
  search_string?: string
  description?: string
  order_id?: string
  shop_id?: string
  customer_type?: 'new' | 'returning'
  [custom: string]: unknown
}

export interface WirePrivacy {
  gpc?: boolean
  usp?: string
  gpp?: string
  gpp_sid?: number[]
  consent?: 'granted' | 'denied'
  opt_out?: boolean
  limited_data_use?: boolean
}

/** Body of the answer 202: every accepted event is committed and fsynced. */
export interface WireAnswer {
  accepted: number
  duplicates: number
  skipped: { event_id: string; reason: string }[]
  /** Ids of accepted events and of duplicates, as they are stored. */
  ids: string[]
  /** What was left out or changed; absent when empty, the first 50. */
  warnings?: WireWarning[]
  /** Number of warnings after the first 50. */
  warnings_omitted?: number
}

export interface WireWarning {
  /** Position in the sent list of events; absent where the request itself is meant. */
  event?: number
  /** Place in the event, such as `properties.quantity`; empty for the whole event. */
  path: string
  /** What was done and why. */
  warning: string
}
