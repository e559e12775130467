/** Shows the copies of an event on a timeline with the windows of 5 minutes and 48 hours, and in a table. */
import { make, makeSvg } from './dom.js'
import { span, time, VERDICTS } from './format.js'

const MERGE_MS = 5 * 60_000
const DROP_MS = 48 * 3_600_000
const [LEFT, MERGE, DROP, RIGHT] = [12, 190, 480, 588]

/** Linear within 5 minutes, logarithmic up to 48 hours, linear again beyond. */
const xOf = (ms) => {
  if (ms <= MERGE_MS) return LEFT + ((MERGE - LEFT) * ms) / MERGE_MS
  if (ms <= DROP_MS) return MERGE + ((DROP - MERGE) * Math.log(ms / MERGE_MS)) / Math.log(DROP_MS / MERGE_MS)
  return Math.min(RIGHT, DROP + 20 + ((RIGHT - DROP - 20) * (ms - DROP_MS)) / (5 * DROP_MS))
}

const outcome = (event) =>
  event.verdict === 'rejected'
    ? 'rejected'
    : event.dedup === null
      ? 'counted'
      : `${event.dedup} (${event.dedup === 'merged' ? '5 min' : '48 h'})`

const zone = (from, to, kind, text) => [
  makeSvg('rect', { class: `zone ${kind}`, x: from, y: 30, width: to - from, height: 16 }),
  makeSvg('text', { x: from + 4, y: 22 }, text),
]

const timeline = (copies, first) =>
  makeSvg(
    'svg',
    {
      class: 'timeline',
      viewBox: '0 0 600 72',
      role: 'img',
      'aria-label': 'The copies on a timeline; the table has the same data',
    },
    ...zone(LEFT, MERGE, 'merge', '0 to 5 min: merge'),
    ...zone(MERGE, DROP, 'drop', 'up to 48 h: drop'),
    ...zone(DROP, RIGHT, 'count', 'then: counts'),
    ...copies.map((event) =>
      makeSvg('circle', {
        class: `mark ${event.dedup ?? 'counted'}`,
        cx: xOf(Math.max(0, Date.parse(event.receivedAt) - first)),
        cy: 38,
        r: 6,
      }),
    ),
    makeSvg('text', { x: LEFT, y: 64 }, 'first'),
    makeSvg('text', { x: MERGE, y: 64, 'text-anchor': 'middle' }, '5 min'),
    makeSvg('text', { x: DROP, y: 64, 'text-anchor': 'middle' }, '48 h'),
  )

const row = (event, first, current) =>
  make(
    'tr',
    event.id === current ? { class: 'current' } : {},
    make('th', { scope: 'row' }, `no. ${event.id}`),
    make('td', {}, time(event.receivedAt, { dateStyle: 'short', timeStyle: 'medium' })),
    make('td', {}, event.channel),
    make(
      'td',
      {},
      Date.parse(event.receivedAt) === first ? 'first' : `+ ${span(Date.parse(event.receivedAt) - first)}`,
    ),
    make('td', {}, outcome(event)),
    make('td', {}, VERDICTS[event.verdict]),
  )

export const duplicatesTab = ({ id, family, eventId }) => {
  const copies = [...family].reverse()
  const first = Math.min(...copies.map(({ receivedAt }) => Date.parse(receivedAt)))
  const text =
    eventId === null
      ? 'It has no event_id, so repeats of it cannot be detected.'
      : family.length === 1
        ? 'No other event has this pixel, event name and event_id.'
        : `${family.length} events share pixel, event name and event_id.`
  return make(
    'div',
    { class: 'stack' },
    make('p', {}, text),
    timeline(copies, first),
    make(
      'div',
      { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': 'Copies of this event' },
      make(
        'table',
        {},
        make(
          'thead',
          {},
          make(
            'tr',
            {},
            ...['Event', 'Received', 'From', 'After', 'Became', 'Verdict'].map((title) =>
              make('th', { scope: 'col' }, title),
            ),
          ),
        ),
        make('tbody', {}, ...copies.map((event) => row(event, first, id))),
      ),
    ),
  )
}
