/** Knows how one received event looks: a two-line row that opens to its checks and its payload. */
import { make } from './dom.js'

const VERDICTS = { accepted: 'Accepted', warned: 'Accepted with warnings', rejected: 'Rejected' }
const KEYS = { click: 'click', mail: 'mail', phone: 'phone', id: 'id', ttp: 'ttp', ipUa: 'ip/ua' }

const time = (iso) => {
  const at = new Date(iso)
  const text = at.toLocaleTimeString([], { hour12: false })
  return make('time', { datetime: iso, title: at.toLocaleString() }, text)
}

const money = ({ value, currency }) => {
  if (value === null) return null
  try {
    return new Intl.NumberFormat([], { style: 'currency', currency }).format(value)
  } catch {
    return `${value} ${currency ?? ''}`
  }
}

const chips = (event) => [
  event.limitedDataUse && make('span', { class: 'chip ldu', title: 'limited_data_use: true' }, 'LDU'),
  event.test && make('span', { class: 'chip test', title: 'came with a test_event_code' }, 'Test'),
  event.duplicate &&
    make('span', { class: 'chip duplicate', title: 'answered 0, not counted again' }, 'Duplicate'),
  event.fault && make('span', { class: 'chip fault', title: 'ordered answer' }, event.fault),
]

const keys = (event) =>
  make(
    'ul',
    { class: 'keys', 'aria-label': 'Match keys' },
    ...Object.entries(KEYS).map(([key, label]) => {
      const state = event.keys[key]
      return make(
        'li',
        { class: `key ${state}`, title: `${label}: ${state}` },
        label,
        make('span', { class: 'hidden' }, ` ${state}`),
      )
    }),
  )

const noFindings = ({ verdict }) =>
  verdict === 'rejected'
    ? make('p', {}, 'Not judged: this answer was ordered in the Answers panel.')
    : make('p', { class: 'fine' }, 'All checks passed.')

const findings = (event) =>
  event.findings.length === 0
    ? noFindings(event)
    : make(
        'ul',
        { class: 'findings' },
        ...event.findings.map(({ rule, where, got, expected, fix }) =>
          make(
            'li',
            {},
            make('p', {}, make('code', { class: 'rule' }, rule), ' ', make('code', {}, where)),
            make('p', {}, 'Expected ', make('strong', {}, expected), '; got ', make('strong', {}, got), '.'),
            make('p', { class: 'fix' }, fix),
          ),
        ),
      )

const fact = (name, value) =>
  value !== null && make('div', {}, make('dt', {}, name), make('dd', {}, String(value)))

const body = (event) =>
  make(
    'div',
    { class: 'body' },
    findings(event),
    make(
      'dl',
      { class: 'facts' },
      fact('Pixel', event.pixel),
      fact('Event id', event.eventId),
      fact('Answer', event.code === null ? 'no code' : `code ${event.code}`),
      fact('Request', `${event.requestId}, event ${event.index + 1} of ${event.batch || 1}`),
      event.duplicateOf && fact('Repeats', `no. ${event.duplicateOf}`),
    ),
    make(
      'details',
      { class: 'payload', open: '' },
      make('summary', {}, 'Payload'),
      make(
        'pre',
        { tabindex: 0, 'aria-label': 'Payload' },
        typeof event.payload === 'string' ? event.payload : JSON.stringify(event.payload, null, 2),
      ),
    ),
    make('p', {}, make('a', { href: `/inspector/api/events/${event.id}` }, 'Request and answer as JSON')),
  )

/** The body is built when the row is first opened: a long list stays light. */
export const createRow = (event) => {
  const row = make(
    'details',
    {
      class: `row ${event.verdict}`,
      'data-testid': 'row',
      'data-event': event.event ?? '',
      'data-verdict': event.verdict,
    },
    make(
      'summary',
      {},
      make(
        'span',
        { class: 'line' },
        time(event.receivedAt),
        make('strong', { class: 'name' }, event.event ?? '(unreadable)'),
        make('span', { class: 'value' }, money(event) ?? ''),
        make('span', { class: 'chips' }, ...chips(event)),
        make(
          'span',
          { class: `verdict ${event.verdict}`, 'data-testid': 'verdict' },
          VERDICTS[event.verdict],
        ),
      ),
      make(
        'span',
        { class: 'line second' },
        make('span', { class: 'host' }, event.host ?? 'no page'),
        make('span', { class: 'event-id' }, event.eventId ?? 'no event_id'),
        make('span', { class: 'took' }, `${event.tookMs} ms`),
        keys(event),
      ),
    ),
  )
  row.addEventListener('toggle', () => row.open && row.children.length === 1 && row.append(body(event)))
  return make('li', { 'data-id': event.id }, row)
}
