/** Knows what each tab of an event's detail shows, but for the payload and the duplicates. */
import { icon, make } from './dom.js'
import { KEYS, span, time } from './format.js'

const fact = (name, value) =>
  value !== null && value !== '' && make('div', {}, make('dt', {}, name), make('dd', {}, value))

const findingOf = ({ where, got, expected, fix, rule, confidence }) =>
  make(
    'li',
    { 'data-testid': 'finding' },
    make('p', {}, make('code', { class: 'rule' }, rule), ' ', make('code', {}, where)),
    make('p', {}, 'Expected ', make('strong', {}, expected), '; got ', make('strong', {}, got), '.'),
    make('p', { class: 'fix' }, fix),
    make('p', { class: 'source' }, `How sure: ${confidence}`),
  )

export const summaryOf = (event) =>
  make(
    'div',
    { class: 'stack' },
    make('p', { class: 'sentence', 'data-testid': 'sentence' }, event.summary),
    event.findings.length > 0 && make('ul', { class: 'findings' }, ...event.findings.map(findingOf)),
    make(
      'dl',
      { class: 'facts' },
      fact('Pixel', event.pixel),
      fact('Event id', event.eventId),
      fact('Received', time(event.receivedAt, { dateStyle: 'medium', timeStyle: 'medium' })),
      fact('Answer', event.code === null ? 'no code' : `code ${event.code}`),
      fact('Request', event.requestId),
      fact('Place', `${event.index + 1} of ${event.batch || 1}`),
    ),
    make(
      'table',
      {},
      make('caption', {}, 'Match keys'),
      make(
        'tbody',
        {},
        ...Object.entries(KEYS).map(([key, label]) =>
          make(
            'tr',
            {},
            make('th', { scope: 'row' }, label),
            make('td', { class: `key ${event.keys[key]}` }, event.keys[key]),
          ),
        ),
      ),
    ),
  )

const RESULTS = ['refused', 'warned', 'passed', 'not reached']

/** `Checks (11 ✔ 1 ⚠)`, drawn, with the words for those who listen. */
export const checksLabel = ({ checks }) => {
  const count = (result) => checks.filter((check) => check.result === result).length
  const parts = ['passed', 'warned', 'refused'].filter((result) => count(result) > 0)
  return [
    'Checks (',
    ...parts.flatMap((result, i) => [
      `${i > 0 ? ' ' : ''}${count(result)} `,
      icon(result),
      make('span', { class: 'hidden' }, result),
    ]),
    ')',
  ]
}

export const checksOf = ({ checks }) =>
  make(
    'ul',
    { class: 'checks' },
    ...[...checks]
      .sort((a, b) => RESULTS.indexOf(a.result) - RESULTS.indexOf(b.result))
      .map(({ rule, expected, confidence, result, findings }) =>
        make(
          'li',
          { class: result.replace(' ', '-') },
          make(
            'p',
            {},
            result !== 'not reached' && icon(result),
            make('code', { class: 'rule' }, rule),
            findings.length > 0 ? ' ' : ` ${expected} `,
            make('span', { class: 'note' }, `${result} · ${confidence}`),
          ),
          findings.length > 0 && make('ul', { class: 'findings' }, ...findings.map(findingOf)),
        ),
      ),
  )

const headersOf = (headers) =>
  Object.entries(headers)
    .map(([name, value]) => `${name}: ${value}`)
    .join('\n')

const copyButton = (text) => {
  const told = make('span', { role: 'status', class: 'copied' })
  const button = make('button', { type: 'button', 'data-testid': 'copy' }, 'Copy as cURL')
  button.addEventListener('click', async () => {
    try {
      await navigator.clipboard.writeText(text)
      told.textContent = 'Copied. Set ACCESS_TOKEN before you run it.'
    } catch {
      told.textContent = 'The browser does not allow it: select the text below.'
    }
  })
  return make('p', { class: 'copy' }, button, ' ', told)
}

const pre = (label, text) => make('pre', { tabindex: 0, role: 'region', 'aria-label': label }, text)

export const exchangeOf = ({ request, response, curl }) =>
  make(
    'div',
    { class: 'stack' },
    make('h3', {}, 'Request'),
    pre('Request', `${request.method} ${request.path}\n${headersOf(request.headers)}`),
    curl && copyButton(curl),
    curl && pre('The request as a cURL command', curl),
    make('h3', {}, 'Response'),
    pre(
      'Response',
      response.status === null
        ? 'None: the connection was cut or left open.'
        : `HTTP ${response.status}\n${typeof response.body === 'string' ? response.body : response.body === null ? '' : JSON.stringify(response.body, null, 2)}`,
    ),
  )

export const journeyOf = (event) => {
  const happened = event.eventTime === null ? null : event.eventTime * 1000
  const underway = happened === null ? 0 : Date.parse(event.receivedAt) - happened
  const sender = event.channel === 'browser' ? 'Pixel' : 'Collector'
  return make(
    'div',
    { class: 'stack' },
    make(
      'ol',
      { class: 'journey' },
      make(
        'li',
        {},
        make('strong', {}, 'Browser'),
        happened === null ? ' at an unknown time' : ' at ',
        happened !== null &&
          time(new Date(happened).toISOString(), { dateStyle: 'short', timeStyle: 'medium' }),
        event.host && ` on ${event.host}`,
      ),
      make(
        'li',
        {},
        make('strong', {}, sender),
        ' sent it; it arrived ',
        time(event.receivedAt, { dateStyle: 'short', timeStyle: 'medium' }),
        happened !== null && underway >= 0 && `, ${span(underway)} after it happened`,
      ),
      make(
        'li',
        {},
        make('strong', {}, 'Stand-in'),
        event.code === null ? ' answered without a code' : ` answered code ${event.code}`,
        ` after ${event.tookMs} ms`,
      ),
    ),
    event.journey
      ? make(
          'p',
          {},
          make('a', { href: event.journey, 'data-testid': 'journey' }, 'This event in the collector'),
        )
      : event.channel === 'server' &&
          make(
            'p',
            { class: 'note' },
            `To see what led to it, look for ${event.eventId ?? 'its time'} at the sender.`,
          ),
  )
}
