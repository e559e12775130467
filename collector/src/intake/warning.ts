/** Describes what was left out of an accepted event or changed in it, for its sender and for the owner. */

/** The kinds of warnings. They label a metric and a diagnosis, so their number is small and fixed. */
export const warningRules = [
  /** An event of a list that could not be used. */
  'unusable_event',
  'unknown_key',
  /** A field of the wrong type or form. */
  'invalid_value',
  /** A text or a list was cut. */
  'too_long',
  /** A number beyond 2^53, which JSON parsers round. */
  'unsafe_number',
  /** A signal that could not be read, and therefore protects the visitor. */
  'unreadable_signal',
  /** A time in the future, or one that `sent_at` corrects. */
  'event_time',
  /** An item of `contents` with a key that no vendor of the site takes. */
  'item_key',
  /** A page address that is no address of a web page. */
  'page_url',
  /** What a template or program prints for nothing, such as `undefined`. */
  'placeholder',
  'invalid_email',
  'invalid_phone',
  'invalid_click_id',
  /** Another field of the user that no vendor could match, such as a country that does not exist. */
  'invalid_user_value',
  /** An address that is not a public one. */
  'private_address',
  /** Personal data was removed from properties, or an id with personal data was replaced by its hash. */
  'personal_data',
] as const

export type WarningRule = (typeof warningRules)[number]

export interface Warning {
  rule: WarningRule
  /** Place in the event, such as `properties.contents[0].price`; empty for the whole event. Never holds a value. */
  path: string
  /** What was done and why, in words for a developer, without the value. */
  warning: string
}

/** Receives the warnings of one event. */
export type Warn = (rule: WarningRule, path: string, warning: string) => void
