/** Renders the tabs of the detail: summary, checks, request and response, journey. */
import { icon, make } from './dom.js'
import { KEYS, span, time } from './format.js'

const fact = (name, value) =>
  value !== null && value !== '' && make('div', {}, make('dt', {}, name), make('dd', {}, value))

const findingItem = ({ where, got, expected, fix, rule, confidence }) =>
  make(
    'li',
    { 'data-testid': 'finding' },
    make('p', {}, make('code', { class: 'rule' }, rule), ' ', make('code', {}, where)),
    make('p', {}, 'Expected ', make('strong', {}, expected), '; got ', make('strong', {}, got), '.'),
    make('p', { class: 'fix' }, fix),
    make('p', { class: 'source' }, `How sure: ${confidence}`),
  )

export const summaryTab = (event) =>
  make(
    'div',
    { class: 'stack' },
    make('p', { class: 'sentence', 'data-testid': 'sentence' }, event.summary),
    event.findings.length > 0 && make('ul', { class: 'findings' }, ...event.findings.map(findingItem)),
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

/** `Checks (11 ✔ 1 ⚠)` with drawn icons, and words for screen readers. */
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

export const checksTab = ({ checks }) =>
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
          findings.length > 0 && make('ul', { class: 'findings' }, ...findings.map(findingItem)),
        ),
      ),
  )

const headerLines = (headers) =>
  Object.entries(headers)
    .map(([name, value]) => `${name}: ${value}`)
    .join('\n')

const copyButton = (text) => {
  const status = make('span', { role: 'status', class: 'copied' })
  const button = make('button', { type: 'button', 'data-testid': 'copy' }, 'Copy as cURL')
  button.addEventListener('click', async () => {
    try {
      await navigator.clipboard.writeText(text)
      status.textContent = 'Copied. Set ACCESS_TOKEN before you run it.'
    } catch {
      status.textContent = 'The browser does not allow it: select the text below.'
    }
  })
  return make('p', { class: 'copy' }, button, ' ', status)
}

const pre = (label, text) => make('pre', { tabindex: 0, role: 'region', 'aria-label': label }, text)

export const exchangeTab = ({ request, response, curl }) =>
  make(
    'div',
    { class: 'stack' },
    make('h3', {}, 'Request'),
    pre('Request', `${request.method} ${request.path}\n${headerLines(request.headers)}`),
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

export const journeyTab = (event) => {
  const happenedMs = event.eventTime === null ? null : event.eventTime * 1000
  const delayMs = happenedMs === null ? 0 : Date.parse(event.receivedAt) - happenedMs
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
        happenedMs === null ? ' at an unknown time' : ' at ',
        happenedMs !== null &&
          time(new Date(happenedMs).toISOString(), { dateStyle: 'short', timeStyle: 'medium' }),
        event.host && ` on ${event.host}`,
      ),
      make(
        'li',
        {},
        make('strong', {}, sender),
        ' sent it; it arrived ',
        time(event.receivedAt, { dateStyle: 'short', timeStyle: 'medium' }),
        happenedMs !== null && delayMs >= 0 && `, ${span(delayMs)} after it happened`,
      ),
      make(
        'li',
        {},
        make('strong', {}, 'Stand-in'),
        event.code === null ? ' answered without a code' : ` answered code ${event.code}`,
        ` after ${event.tookMs} ms`,
      ),
    ),
    event.dashboardUrl
      ? make(
          'p',
          {},
          make('a', { href: event.dashboardUrl, 'data-testid': 'journey' }, 'This event in the collector'),
        )
      : event.channel === 'server' &&
          make(
            'p',
            { class: 'note' },
            `To see what led to it, look for ${event.eventId ?? 'its time'} at the sender.`,
          ),
  )
}
