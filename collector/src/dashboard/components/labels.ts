/** What the house's short names mean, in words for the owner. */
import type { SkipReason } from '../../event.js'
import type { Outcome } from '../../vendors/vendor.js'

/** Why an event was not sent, and where that is set. */
export const skipLabels: Record<SkipReason, { words: string; path?: string }> = {
  unknown_site: { words: 'No such domain was set up', path: '/domains' },
  site_paused: { words: 'The domain was paused', path: '/domains' },
  origin_not_allowed: { words: 'It came from a page of another domain', path: '/configuration/events' },
  vendor_disabled: { words: 'TikTok was not enabled', path: '/configuration' },
  no_connection: { words: 'There was no Access Token or Pixel Code', path: '/connections' },
  consent: { words: 'The visitor had not agreed', path: '/configuration/privacy' },
  bot: { words: 'It came from a known bot' },
  unmappable: { words: 'TikTok has no form for it' },
}

const outcomes: Record<Outcome['kind'], string> = {
  delivered: 'Delivered',
  refused: 'Refused',
  credentials_refused: 'Access Token refused',
  throttled: 'Asked to wait',
  not_sent: 'Not sent',
  ambiguous: 'No clear answer',
}

/** How an attempt ended. */
export const outcomeLabels = (kind: string) => outcomes[kind as Outcome['kind']] ?? kind

const lduReasons: Record<string, string> = {
  gpc: 'Global Privacy Control was on',
  usp: 'the US Privacy string opts out',
  'opt-out': "the site's own opt-out",
  'non-us': 'the visitor is not in the US',
  explicit: 'the sender asked for it',
  unknown: 'the place is not known',
  'us-unknown': 'in the US, the state is not known',
  scope: 'set for everybody',
}

/** Why Limited Data Use was set, after its code. */
export function lduLabels(code: string): string {
  const [kind = '', detail = ''] = code.split(':')
  if (kind === 'gpp') return `the GPP string opts out (${detail})`
  if (kind === 'address') return `the customer's address is in ${detail}`
  if (kind === 'geo') return `the connection is in ${detail}`
  return lduReasons[code] ?? code
}

/** `1 event`, `3 events`. */
export const count = (number: number, one: string, many = `${one}s`) =>
  `${number.toLocaleString('en-US')} ${number === 1 ? one : many}`

/** Money as the shop counts it. */
export function money(value: number, currency?: string): string {
  if (!currency) return String(value)
  try {
    return value.toLocaleString('en-US', { style: 'currency', currency })
  } catch {
    return `${value} ${currency}`
  }
}
