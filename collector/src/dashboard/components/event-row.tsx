/** One event as a row of a list: the same on the server and in the live feed of the browser. */
import type { ListedEvent } from '../../store/reports.js'
import { Badge, StateBadge, Time } from './elements.js'
import { count, lduLabels, money, skipLabels } from './labels.js'

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
      <Badge tone="plain">
        <abbr title="It came from the browser and from the server under one id: the first was taken, the other counted as a duplicate">
          Browser + server
        </abbr>
      </Badge>
    ) : (
      event.source === 'server' && <Badge tone="plain">Server</Badge>
    )}
    {event.limitedDataUse && (
      <Badge tone="plain">
        <abbr title={`Limited Data Use: ${lduLabels(event.privacyReason ?? '')}`}>LDU</abbr>:{' '}
        {event.privacyReason}
      </Badge>
    )}
    {event.replayed && <Badge tone="plain">Replay</Badge>}
  </span>
)

/** The state with what is behind it, for each vendor. */
function State({ event, now }: RowProps) {
  const { skipReason, deliveries } = event
  if (skipReason) {
    return (
      <span class="delivery">
        <StateBadge state="skipped" /> <small>{skipLabels[skipReason].words}</small>
      </span>
    )
  }
  return (
    <>
      {deliveries.map((delivery) => (
        <span key={delivery.vendor} class="delivery">
          <StateBadge state={delivery.state} />
          <small>{messageOf(delivery, now)}</small>
        </span>
      ))}
    </>
  )
}

type Delivery = ListedEvent['deliveries'][number]

/** Such as `Attempt 3, next at 14:05:30 UTC`. */
export function messageOf({ state, attempts, dueAt, reason }: Delivery, now: number): string {
  switch (state) {
    case 'delivered':
      return attempts > 1 ? `after ${count(attempts, 'attempt')}` : ''
    case 'failed':
      return reason ?? ''
    case 'skipped':
      return reason && reason in skipLabels
        ? skipLabels[reason as keyof typeof skipLabels].words
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
