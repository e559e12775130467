/** Diagnoses of what senders send wrongly: refused requests, and warnings about accepted events. */
import type { CountedProblem } from '../../store/input-problems.js'
import type { SiteFacts } from '../facts.js'
import type { Check, Finding, Rule } from '../rule.js'
import { plural } from '../wording.js'

const docs = 'docs/events.md'
const path = '/rejected'

/** Raised by the problems of the last day that are chosen. */
function found(problems: readonly CountedProblem[], noun: string): Finding | undefined {
  const [newest] = problems
  if (!newest) return undefined
  const count = problems.reduce((sum, problem) => sum + problem.count, 0)
  const places = [...new Set(problems.map((problem) => problem.path || 'the whole request'))].slice(0, 3)
  return { detail: `${plural(count, noun)} in a day, the newest at ${places.join(', ')} (${newest.route})` }
}

const warned =
  (rule: string): Check<SiteFacts> =>
  ({ inputProblems }) =>
    found(
      inputProblems.filter((problem) => problem.status === 202 && problem.rule === rule),
      'warning',
    )

const isRefused = ({ status }: CountedProblem) => status !== 202
const byRule = ({ status, rule }: CountedProblem) => `${status} ${rule}`

function refused(problems: readonly CountedProblem[]): Finding | undefined {
  const some = problems.filter(isRefused)
  const finding = found(some, 'request')
  return finding && { detail: `${finding.detail}: ${[...new Set(some.map(byRule))].slice(0, 3).join(', ')}` }
}

const warning = { severity: 'warning', path, docs } as const
const info = { severity: 'info', path, docs } as const

export const input = [
  {
    ...warning,
    code: 'requests_refused',
    severity: 'error',
    title: 'Requests for this domain are refused',
    why: 'Their events are not stored: the sender has to correct and send them again.',
    fix: 'Look under Rejected for route, rule and place, and correct the sender. docs/events.md lists what is accepted.',
    checkSite: ({ inputProblems }) => refused(inputProblems),
  },
  {
    ...warning,
    code: 'requests_refused_unknown',
    title: 'Requests are refused that name no known domain',
    why: 'One of your senders may use a wrong API key or address. Anybody can send such requests.',
    fix: 'Look under Rejected for route and rule. Check the API key and the address of your own senders.',
    checkInstance: ({ inputProblems }) => refused(inputProblems),
  },
  {
    ...warning,
    code: 'input_unusable_event',
    title: 'Events in a list cannot be used',
    why: 'They are left out; the others of the list are kept.',
    fix: 'Give each event a name of 1 to 100 characters without personal data, and keep it below 64 KiB.',
    checkSite: warned('unusable_event'),
  },
  {
    ...warning,
    code: 'input_unknown_key',
    title: 'Events have unknown keys',
    why: 'They are left out: a misspelt field reaches nobody.',
    fix: 'Correct the key. Values of your own belong into properties.',
    checkSite: warned('unknown_key'),
  },
  {
    ...warning,
    code: 'input_invalid_value',
    title: 'Fields have values of the wrong type or form',
    why: 'The field is left out, and the event is kept without it.',
    fix: 'Send the value as docs/events.md describes it.',
    checkSite: warned('invalid_value'),
  },
  {
    ...info,
    code: 'input_too_long',
    title: 'Texts or lists are cut',
    why: 'Only the first part is stored and sent.',
    fix: 'Send shorter texts, and at most 100 entries in a list.',
    checkSite: warned('too_long'),
  },
  {
    ...warning,
    code: 'input_unsafe_number',
    title: 'Ids are sent as numbers that are too large',
    why: 'JSON rounds numbers beyond 2^53, so two orders may get the same id. The id is left out.',
    fix: 'Send ids as texts, in quotation marks.',
    checkSite: warned('unsafe_number'),
  },
  {
    ...warning,
    code: 'input_unreadable_signal',
    title: 'Privacy signals cannot be read',
    why: 'They are treated as an opt-out, so that no choice of a visitor is ignored.',
    fix: 'Send gpc, opt_out and limited_data_use as true or false, and consent as granted or denied.',
    checkSite: warned('unreadable_signal'),
  },
  {
    ...warning,
    code: 'input_event_time',
    title: 'Event times are wrong',
    why: 'They are corrected to the time of arrival or by the clock of the sender.',
    fix: 'Set the clock of the sender, and send Unix seconds or ISO 8601 with an offset.',
    checkSite: warned('event_time'),
  },
  {
    ...warning,
    code: 'input_item_key',
    title: 'Items of contents have keys that are not sent',
    why: '{vendor} knows no such key. Without content_id an item matches no product of a catalogue.',
    fix: 'Use content_id, content_name, content_category, brand, price and quantity.',
    checkSite: warned('item_key'),
  },
  {
    ...warning,
    code: 'input_page_url',
    title: 'Page addresses cannot be read',
    why: 'The event goes out without the page, and a click id in its address is lost.',
    fix: 'Send page.url as the browser shows it, with https://.',
    checkSite: warned('page_url'),
  },
  {
    ...warning,
    code: 'input_placeholder',
    title: 'Placeholders arrive instead of values',
    why: 'A template or program prints undefined, null or its own variable. Such values are left out: they would make one person of many.',
    fix: 'Let the sender leave the field out where it has no value.',
    checkSite: warned('placeholder'),
  },
  {
    ...warning,
    code: 'input_invalid_email',
    title: 'E-mail addresses cannot be read',
    why: 'A hash of them would match nobody, so they are left out.',
    fix: 'Send one address as the customer types it, or its SHA-256.',
    checkSite: warned('invalid_email'),
  },
  {
    ...warning,
    code: 'input_invalid_phone',
    title: 'Phone numbers cannot be read',
    why: 'A hash of them would match nobody, so they are left out.',
    fix: 'Send numbers with + and the country code, or user.country beside a national number.',
    checkSite: warned('invalid_phone'),
  },
  {
    ...warning,
    code: 'input_invalid_click_id',
    title: 'Click ids cannot be read',
    why: 'They are left out, so the event is not matched to the ad by its click.',
    fix: 'Send the click id exactly as it stands in the address of the landing page.',
    checkSite: warned('invalid_click_id'),
  },
  {
    ...info,
    code: 'input_invalid_user_value',
    title: 'Other fields of the customer cannot be read',
    why: 'They are left out: {vendor} could match nobody by them.',
    fix: 'Send country, state and locale as docs/events.md describes them.',
    checkSite: warned('invalid_user_value'),
  },
  {
    ...warning,
    code: 'input_private_address',
    title: 'Your server sends private addresses for visitors',
    why: 'They are left out: {vendor} matches by public addresses only.',
    fix: "Send the visitor's address, not that of your server or proxy.",
    checkSite: warned('private_address'),
  },
  {
    ...info,
    code: 'input_personal_data',
    title: 'Personal data arrives outside of user',
    why: 'It is removed before anything is stored. Only the fields of user are hashed and sent.',
    fix: 'Move e-mail, phone and name of the customer to user, and leave addresses out of properties.',
    checkSite: warned('personal_data'),
  },
] as const satisfies readonly Rule[]
