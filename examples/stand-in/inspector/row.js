/** Renders one received event in the list: two lines, chips, match keys and a pin. */
import { hidden, make } from './dom.js'
import { KEYS, money, time, VERDICTS } from './format.js'

const chip = (kind, text, title) => make('span', { class: `chip ${kind}`, title }, text)

const REPEATS = {
  merged: ['Duplicate: merged', 'browser and server within 5 minutes: counted once, match keys joined'],
  dropped: ['Duplicate: dropped', 'repeats an event of the last 48 h: answered 0, not counted again'],
}

export const chips = (event) => [
  event.limitedDataUse && chip('ldu', 'LDU', 'limited_data_use: true'),
  event.test && chip('test', 'Test', 'sent with a test_event_code'),
  event.dedup && chip('duplicate', ...REPEATS[event.dedup]),
  event.channel === 'browser' && chip('channel', 'Pixel', 'sent by the pixel in the page'),
  event.fault && chip('fault', event.fault, 'a simulated answer'),
]

const matchKeys = (event) =>
  make(
    'span',
    { class: 'keys' },
    hidden('Match keys: '),
    ...Object.entries(KEYS).map(([key, label]) => {
      const state = event.keys[key]
      const title = `${label}: ${state}`
      return make('span', { class: `key ${state}`, title }, label, hidden(` ${state}, `))
    }),
  )

export const verdict = (event) =>
  make('span', { class: `verdict ${event.verdict}`, 'data-testid': 'verdict' }, VERDICTS[event.verdict])

const pinButton = (event) => {
  const name = `Pin ${event.event ?? 'event'} no. ${event.id}`
  const button = make(
    'button',
    { class: 'pin', type: 'button', 'aria-pressed': event.pinned, 'data-testid': 'pin', title: name },
    event.pinned ? 'Pinned' : 'Pin',
    hidden(` ${event.event ?? 'event'} no. ${event.id}`),
  )
  button.addEventListener('click', () =>
    fetch(`/inspector/api/events/${event.id}/pin`, {
      method: 'PUT',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ pinned: !event.pinned }),
    }),
  )
  return button
}

/** `href` is the permalink of the event. */
export const createRow = (event, href) =>
  make(
    'li',
    {
      class: `row ${event.verdict}`,
      'data-id': event.id,
      'data-pinned': event.pinned,
      'data-testid': 'row',
      'data-event': event.event ?? '',
      'data-verdict': event.verdict,
    },
    make(
      'a',
      { href },
      make(
        'span',
        { class: 'line' },
        time(event.receivedAt),
        make('strong', { class: 'name' }, event.event ?? '(unreadable)'),
        event.value !== null && make('span', { class: 'value' }, money(event)),
        make('span', { class: 'chips' }, ...chips(event)),
        verdict(event),
      ),
      make(
        'span',
        { class: 'line second' },
        make('span', { class: 'host' }, event.host ?? 'no page'),
        make('span', { class: 'event-id' }, event.eventId ?? 'no event_id'),
        make('span', { class: 'took' }, `${event.tookMs} ms`),
        matchKeys(event),
      ),
    ),
    pinButton(event),
  )
