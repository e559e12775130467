/** Translates codes of events and attempts into labels for the owner. */
import type { SkipReason } from '../../event.js'
import type { Outcome } from '../../vendors/vendor.js'

/** Why an event was not sent, and the page that has the setting. */
export const skipLabels: Readonly<Record<SkipReason, { label: string; path?: string }>> = {
  unknown_site: { label: 'No such domain was set up', path: '/domains' },
  site_paused: { label: 'The domain was paused', path: '/domains' },
  origin_not_allowed: { label: 'It came from a page of another domain', path: '/configuration/events' },
  vendor_disabled: { label: 'No vendor was enabled', path: '/configuration' },
  no_connection: { label: 'There was no Access Token or Pixel Code', path: '/connections' },
  consent: { label: 'The visitor had not agreed', path: '/configuration/privacy' },
  bot: { label: 'It came from a known bot' },
  unmappable: { label: 'The vendor has no format for it' },
  too_old: { label: 'It was older than 28 days' },
}

const outcomes: Readonly<Record<Outcome['kind'], string>> = {
  delivered: 'Delivered',
  refused: 'Refused',
  credentials_refused: 'Access Token refused',
  throttled: 'Asked to wait',
  not_sent: 'Not sent',
  ambiguous: 'No clear answer',
}

/** How an attempt ended. */
export const outcomeLabel = (kind: string) => outcomes[kind as Outcome['kind']] ?? kind

const lduReasons: Readonly<Record<string, string>> = {
  gpc: 'Global Privacy Control was on',
  usp: 'the US Privacy string opts out',
  'opt-out': "the site's own opt-out",
  'non-us': 'the visitor is not in the US',
  explicit: 'the sender asked for it',
  unknown: 'the place is not known',
  'us-unknown': 'in the US, the state is not known',
  scope: 'set for everybody',
  unreadable_signal: 'a privacy signal could not be read',
}

/** Why Limited Data Use was set or not; some codes carry a detail, such as `geo:US-CA`. */
export function lduLabel(code: string): string {
  const [kind = '', detail = ''] = code.split(':')
  if (kind === 'gpp') return `the GPP string opts out (${detail})`
  if (kind === 'address') return `the customer's address is in ${detail}`
  if (kind === 'geo') return `the connection is in ${detail}`
  return lduReasons[code] ?? code
}
