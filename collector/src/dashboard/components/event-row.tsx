/** One event as a row of a list: the same on the server and in the live feed of the browser. */
import type { ListedEvent } from '../../store/reports.js'
import { count, lduWords, money, skipWords } from '../labels.js'
import { Mark, StateMark, Time } from './elements.js'

export interface RowProps {
  event: ListedEvent
  /** Unix milliseconds. */
  now: number
}

export function EventRow({ event, now }: RowProps) {
  const { id, eventId, receivedAt, value, currency } = event
  return (
    <tr data-event={id}>
      <td>
        <a href={`/admin/events/${id}`}>{event.event}</a>
      </td>
      <td>
        <State event={event} now={now} />
      </td>
      <td class="number">{value === undefined ? '' : money(value, currency)}</td>
      <td>
        <code class="id">{eventId}</code>
      </td>
      <td>
        <Flags event={event} />
      </td>
      <td>
        <Time at={receivedAt} />
      </td>
    </tr>
  )
}

/** What is to be known of an event beside its state. */
export const Flags = ({ event }: { event: ListedEvent }) => (
  <span class="flags">
    {event.paired ? (
      <Mark tone="plain">
        <abbr title="It came from the browser and from the server under one id: the first was taken, the other counted as a duplicate">
          Browser + server
        </abbr>
      </Mark>
    ) : (
      event.source === 'server' && <Mark tone="plain">Server</Mark>
    )}
    {event.limitedDataUse && (
      <Mark tone="plain">
        <abbr title={`Limited Data Use: ${lduWords(event.privacyReason ?? '')}`}>LDU</abbr>:{' '}
        {event.privacyReason}
      </Mark>
    )}
    {event.replayed && <Mark tone="plain">Replay</Mark>}
  </span>
)

/** The state with what is behind it, for each vendor. */
function State({ event, now }: RowProps) {
  const { skipReason, deliveries } = event
  if (skipReason) {
    return (
      <span class="delivery">
        <StateMark state="skipped" /> <small>{skipWords[skipReason].words}</small>
      </span>
    )
  }
  return (
    <>
      {deliveries.map((delivery) => (
        <span key={delivery.vendor} class="delivery">
          <StateMark state={delivery.state} />
          <small>{wordsOf(delivery, now)}</small>
        </span>
      ))}
    </>
  )
}

type Delivery = ListedEvent['deliveries'][number]

/** Such as `Attempt 3, next at 14:05:30 UTC`. */
export function wordsOf({ state, attempts, dueAt, reason }: Delivery, now: number): string {
  switch (state) {
    case 'delivered':
      return attempts > 1 ? `after ${count(attempts, 'attempt')}` : ''
    case 'failed':
      return reason ?? ''
    case 'skipped':
      return reason && reason in skipWords
        ? skipWords[reason as keyof typeof skipWords].words
        : (reason ?? '')
    case 'pending': {
      if (reason === 'replay') return 'to be sent again'
      const next = dueAt > now ? `, next at ${new Date(dueAt).toISOString().slice(11, 19)} UTC` : ''
      return attempts > 0 ? `after ${count(attempts, 'attempt')}${next}` : ''
    }
  }
}

/** The heads of the columns of a list of events. */
export const EventHeads = () => (
  <tr>
    <th scope="col">Event</th>
    <th scope="col">State</th>
    <th scope="col" class="number">
      Value
    </th>
    <th scope="col">Event ID</th>
    <th scope="col">Flags</th>
    <th scope="col">Received</th>
  </tr>
)
