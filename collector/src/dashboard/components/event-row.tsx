/** Renders an event as a table row, on the server and in the client script's live list. */
import type { ListedEvent } from '../../store/reports.js'
import { Badge, StateBadge } from './badge.js'
import { count, money } from './format.js'
import { lduLabel, skipLabels } from './labels.js'
import { Time } from './time.js'

export interface EventRowProps {
  event: ListedEvent
  /** Unix milliseconds. */
  now: number
}

/** Header cells for the columns of `EventRow`. */
export const EventHeader = () => (
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

export function EventRow({ event, now }: EventRowProps) {
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

const Flags = ({ event }: { event: ListedEvent }) => (
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
        <abbr title={`Limited Data Use: ${lduLabel(event.privacyReason ?? '')}`}>LDU</abbr>:{' '}
        {event.privacyReason}
      </Badge>
    )}
    {event.test && <Badge tone="plain">Test</Badge>}
    {event.replayed && <Badge tone="plain">Replay</Badge>}
  </span>
)

/** The state and its details, for each vendor. */
function State({ event: { skipReason, deliveries }, now }: EventRowProps) {
  if (skipReason) {
    return (
      <span class="delivery">
        <StateBadge state="skipped" /> <small>{skipLabels[skipReason].label}</small>
      </span>
    )
  }
  return (
    <>
      {deliveries.map((delivery) => (
        <span key={delivery.vendor} class="delivery">
          <StateBadge state={delivery.state} />
          <small>{deliveryDetails(delivery, now)}</small>
        </span>
      ))}
    </>
  )
}

type Delivery = ListedEvent['deliveries'][number]

/** Such as `after 3 attempts, next at 14:05:30 UTC`; '' where there is nothing to add to the state. */
export function deliveryDetails({ state, attempts, dueAt, reason }: Delivery, now: number): string {
  switch (state) {
    case 'delivered':
      return attempts > 1 ? `after ${count(attempts, 'attempt')}` : ''
    case 'failed':
      return reason ?? ''
    case 'skipped':
      return reason && reason in skipLabels
        ? skipLabels[reason as keyof typeof skipLabels].label
        : (reason ?? '')
    case 'pending': {
      if (reason === 'replay') return 'to be sent again'
      const next = dueAt > now ? `, next at ${new Date(dueAt).toISOString().slice(11, 19)} UTC` : ''
      return attempts > 0 ? `after ${count(attempts, 'attempt')}${next}` : ''
    }
  }
}
