/** Diagnoses of events and their way to the vendor, and of how tagferry itself is set up. */
import type { Entry } from './entry.js'

const docs = 'docs/events.md'

export const events = {
  no_recent_activity: {
    severity: 'warning',
    title: 'No event for a day',
    why: 'The script may have been lost with a new theme, or the site is down.',
    fix: 'Open your site and look under Events. If nothing appears, verify the installation.',
    path: '/install',
    docs: 'docs/troubleshooting.md',
  },
  value_missing: {
    severity: 'warning',
    title: 'Purchases come without a value',
    why: 'TikTok cannot tell what an ad has earned, nor optimise for value.',
    fix: "Give value and currency: tagferry.track('Purchase', { value: 49.9, currency: 'USD' }).",
    docs,
  },
  currency_invalid: {
    severity: 'warning',
    title: 'A value comes without a currency that there is',
    why: 'TikTok does not count the money of such an event, or refuses it.',
    fix: 'Give currency as three letters of ISO 4217, such as USD.',
    docs,
  },
  content_id_missing: {
    severity: 'info',
    title: 'Events name no product',
    why: 'TikTok cannot show people the product that they have looked at.',
    fix: "Give contents: [{ content_id: 'sku-1', quantity: 1, price: 49.9 }], with the ids of your catalogue.",
    docs,
  },
  event_name_deprecated: {
    severity: 'info',
    title: 'Events are sent under an old name',
    why: 'TikTok has renamed them. Name and id together tell repeats: an event does not pair with one of another name.',
    fix: 'Rename the event in your pixel too, then switch off the old names under Configuration > Events.',
    path: '/configuration/events',
    docs,
  },
  event_name_custom: {
    severity: 'info',
    title: 'Events have names of your own',
    why: 'TikTok takes them, but offers only its own names as the goal of a campaign. Upper and lower case count.',
    fix: 'Use a name of TikTok where there is one.',
    path: '/events',
    docs,
  },
  event_id_missing: {
    severity: 'warning',
    title: 'Purchases come without an id',
    why: 'A reload of the thank-you page counts twice, and a copy from your server does not pair.',
    fix: 'Give order_id, or the same event_id in the browser and on the server.',
    docs,
    by: 'script',
  },
  event_id_numeric: {
    severity: 'info',
    title: 'Event ids come as numbers',
    why: 'TikTok takes texts only. They are made texts on arrival; a sender of your own would be refused (40002).',
    fix: 'Put the id in quotes.',
    docs,
    by: 'script',
  },
  duplicate_burst: {
    severity: 'warning',
    title: 'Most of what arrives was there already',
    why: 'Repeats are not sent, so nothing counts twice. But an id that is used for different orders loses all but the first.',
    fix: 'Check that each order has an id of its own.',
    path: '/events',
    docs,
  },
  clock_skew: {
    severity: 'warning',
    title: 'Events arrive long after they happened',
    why: 'TikTok takes no events that are too old, and an ad of the day before gets the order.',
    fix: 'Set the clock of the server that sends; give event_time in Unix seconds, UTC.',
    docs,
  },
} satisfies Record<string, Entry>

export const queue = {
  queue_growing: {
    severity: 'error',
    title: 'Events have been waiting for more than ten minutes',
    why: 'TikTok takes none of them. They are kept and tried again by themselves.',
    fix: 'Read what TikTok says under Connections. If it could not be reached, let this server connect to it over https.',
    path: '/connections',
    docs: 'docs/reliability.md',
  },
  retries_exhausted: {
    severity: 'error',
    title: 'Events have failed',
    why: 'TikTok refused them or could not be reached for too long: they are not sent again by themselves.',
    fix: 'Read the reason beside each, correct it, then Replay.',
    path: '/events',
    docs: 'docs/reliability.md',
  },
  rate_limited: {
    severity: 'warning',
    title: 'TikTok asks to send more slowly',
    why: 'Events wait; none is lost.',
    fix: 'Nothing: it goes on by itself. If it stays so, look whether another tool sends with the same Access Token.',
    path: '/connections',
    docs: 'docs/reliability.md',
  },
} satisfies Record<string, Entry>

export const operation = {
  dashboard_exposed: {
    severity: 'warning',
    title: 'The dashboard can be reached from other machines',
    why: 'It stands on the same listener as the collector, and TAGFERRY_HOST opens that one to others.',
    fix: 'Set TAGFERRY_ADMIN_LISTEN, such as 127.0.0.1:8788: dashboard and metrics get a listener of their own.',
    docs: 'docs/operations.md',
  },
} satisfies Record<string, Entry>
