/** Diagnoses of the events themselves: whether they arrive, under which names, and what they contain. */
import { suggest } from '../../config/suggest.js'
import { standardEvents } from '../../event.js'
import type { ListedEvent } from '../../store/reports.js'
import { countedName, customName } from '../../store/sql/rollup-rules.js'
import { dayMs, hourMs } from '../../time.js'
import { hoursOfLastDay, sumHours } from '../counts.js'
import { productEvents, type SiteFacts } from '../facts.js'
import type { Rule } from '../rule.js'
import { plural } from '../wording.js'

const docs = 'docs/events.md'

export const events = [
  {
    code: 'no_recent_activity',
    severity: 'warning',
    title: 'No event for a day',
    why: 'The script may have been lost with a new theme, or the site is down.',
    fix: 'Open your site and look under Events. If nothing appears, verify the installation.',
    path: '/install',
    docs: 'docs/troubleshooting.md',
    checkSite({ events: [newest], site, now }) {
      const isQuiet = newest !== undefined && newest.receivedAt < now - dayMs && !site.paused
      return isQuiet ? { since: newest.receivedAt } : undefined
    },
  },
  {
    code: 'value_missing',
    severity: 'warning',
    title: 'Purchases come without a value',
    why: 'TikTok cannot tell what an ad has earned, nor optimise for value.',
    fix: "Give value and currency: tagferry.track('Purchase', { value: 49.9, currency: 'USD' }).",
    docs,
    checkSite(facts) {
      const purchases = recentEvents(facts).filter(({ event }) => purchaseNames.has(event))
      const withoutValue = purchases.filter(({ value }) => typeof value !== 'number')
      if (withoutValue.length === 0 || withoutValue.length * 10 < purchases.length) return undefined
      return {
        detail: `${withoutValue.length} of the last ${plural(purchases.length, 'purchase')}`,
        events: countedNames(withoutValue),
      }
    },
  },
  {
    code: 'currency_invalid',
    severity: 'warning',
    title: 'Purchases have a missing or invalid currency',
    why: 'TikTok does not count the money of such an event, or refuses it.',
    fix: 'Give currency as three letters of ISO 4217, such as USD.',
    docs,
    checkSite(facts) {
      const invalid = recentEvents(facts).filter(
        ({ value, currency }) => value !== undefined && !isCurrency(currency),
      )
      const [newest] = invalid
      if (!newest) return undefined
      const currency = newest.currency === undefined ? 'none' : `"${String(newest.currency)}"`
      return {
        detail: `${plural(invalid.length, 'event')}, such as ${newest.event} with ${currency}`,
        events: countedNames(invalid),
      }
    },
  },
  {
    code: 'content_id_missing',
    severity: 'info',
    title: 'Events name no product',
    why: 'TikTok cannot show people the product that they have looked at.',
    fix: "Give contents: [{ content_id: 'sku-1', quantity: 1, price: 49.9 }], with the ids of your catalogue.",
    docs,
    checkSite({ samples }) {
      const ofProducts = samples.filter(({ event }) => productEvents.has(event))
      const withoutId = ofProducts.filter(
        ({ properties: { contents = [], content_ids = [] } = {} }) =>
          content_ids.length === 0 && !contents.some(({ content_id }) => content_id),
      )
      const [newest] = withoutId
      return newest && withoutId.length === ofProducts.length
        ? { detail: `such as ${newest.event}`, events: countedNames(withoutId) }
        : undefined
    },
  },
  {
    code: 'event_name_deprecated',
    severity: 'info',
    title: 'Events are sent under an old name',
    why: 'TikTok has renamed them. Name and id together tell repeats: an event does not pair with one of another name.',
    fix: 'Rename the event in your pixel too, then switch off the old names under Configuration > Events.',
    path: '/configuration/events',
    docs,
    checkSite({ hours }) {
      const names = countedNames(hours).filter((name) => legacyNames.has(name))
      return names.length === 0 ? undefined : { detail: names.join(', '), events: names }
    },
  },
  {
    code: 'event_name_custom',
    severity: 'info',
    title: 'Custom event names in use',
    why: 'TikTok takes them, but offers only its own names as the goal of a campaign. Upper and lower case count.',
    fix: 'Use a name of TikTok where there is one.',
    path: '/events',
    docs,
    checkSite(facts) {
      const names = [...new Set(recentEvents(facts).map(({ event }) => event))]
      const customNames = names.filter((name) => !standardEvents.has(name) && !legacyNames.has(name))
      return customNames.length === 0
        ? undefined
        : { detail: customNames.slice(0, 3).map(withSuggestion).join(', '), events: [customName] }
    },
  },
  {
    code: 'event_id_missing',
    severity: 'warning',
    title: 'Purchases come without an id',
    why: 'A reload of the thank-you page counts twice, and a copy from your server does not pair.',
    fix: 'Give order_id, or the same event_id in the browser and on the server.',
    docs,
    scriptOnly: true,
  },
  {
    code: 'event_id_numeric',
    severity: 'info',
    title: 'Event ids come as numbers',
    why: 'TikTok takes texts only. They are made texts on arrival; a sender of your own would be refused (40002).',
    fix: 'Put the id in quotes.',
    docs,
    scriptOnly: true,
  },
  {
    code: 'duplicate_burst',
    severity: 'warning',
    title: 'Most incoming events are duplicates',
    why: 'Repeats are not sent, so nothing counts twice. But an id that is used for different orders loses all but the first.',
    fix: 'Check that each order has an id of its own.',
    path: '/events',
    docs,
    checkSite(facts) {
      const { accepted, duplicates } = sumHours(hoursOfLastDay(facts))
      if (duplicates < 20 || duplicates <= accepted) return undefined
      return { detail: `${duplicates} repeats and ${plural(accepted, 'new event')} in a day` }
    },
  },
  {
    code: 'clock_skew',
    severity: 'warning',
    title: 'Events arrive long after they happened',
    why: 'TikTok takes no events that are too old, and an ad of the day before gets the order.',
    fix: 'Set the clock of the server that sends; give event_time in Unix seconds, UTC.',
    docs,
    checkSite(facts) {
      const recent = recentEvents(facts)
      const late = recent.filter(({ receivedAt, eventTime }) => receivedAt - eventTime * 1_000 > hourMs)
      if (late.length < 5 || late.length * 2 < recent.length) return undefined
      return { detail: `${late.length} of the last ${plural(recent.length, 'event')} by more than an hour` }
    },
  },
] as const satisfies readonly Rule[]

const currencies = new Set(Intl.supportedValuesOf('currency'))
const isCurrency = (currency: unknown) => typeof currency === 'string' && currencies.has(currency)

const purchaseNames = new Set(['Purchase', 'CompletePayment'])
/** Renamed by TikTok; sites may keep them with `keepLegacyNames`. */
const legacyNames = new Set(['CompletePayment', 'SubmitForm'])

/** Events of the last week, without skipped ones: the store does not keep the content of those. */
const recentEvents = ({ events, now }: SiteFacts): ListedEvent[] =>
  events.filter(({ skipReason, receivedAt }) => skipReason === undefined && receivedAt > now - 7 * dayMs)

/** The names under which these events are counted, each once. */
const countedNames = (events: readonly { event: string }[]) => [
  ...new Set(events.map(({ event }) => countedName(event))),
]

function withSuggestion(name: string): string {
  const sameButCase = [...standardEvents].find((known) => known.toLowerCase() === name.toLowerCase())
  const suggestion = sameButCase ?? suggest(name, [...standardEvents])
  return suggestion === undefined ? name : `${name} (did you mean ${suggestion}?)`
}
