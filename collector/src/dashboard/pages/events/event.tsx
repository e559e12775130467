/** One event: what was received, what was sent, what TikTok answered, and each attempt in its time. */
import type { HashedEvent } from '../../../event.js'
import type { EventDetail } from '../../../store/reports.js'
import { ActionForm, Badge, ScrollArea, StateBadge, Time } from '../../components/elements.js'
import { messageOf } from '../../components/event-row.js'
import { count, lduLabels, money, outcomeLabels, skipLabels } from '../../components/labels.js'
import { type Context, type Page, to } from '../../page.js'
import { keyLabels } from '../overview/event-table.js'
import { duration } from '../overview/summary.js'

export const event: Page = {
  path: '/events/:id',
  title: 'Event',
  async view(context) {
    const id = Number(context.id)
    const found = Number.isSafeInteger(id) ? await context.services.store.event(id) : undefined
    if (!found) return undefined
    const { services, now } = context
    const { stored, deliveries, attempts, skipReason, site } = found
    return (
      <>
        <p>
          <a href={to('/events', { domain: site })}>All events of {site}</a>
        </p>
        <article>
          {skipReason && (
            <p>
              <StateBadge state="skipped" /> {skipLabels[skipReason].words}. Nothing personal was kept of it.{' '}
              {skipLabels[skipReason].path && (
                <a href={to(skipLabels[skipReason].path ?? '', { domain: site })}>To the setting</a>
              )}
            </p>
          )}
          {deliveries.map((delivery) => (
            <div key={delivery.vendor} class="delivery">
              <StateBadge state={delivery.state} /> {labelOf(context, delivery.vendor)}{' '}
              <small>
                {[messageOf(delivery, now), answerOf(found, delivery)].filter(Boolean).join(', ')}
              </small>
              {delivery.state === 'failed' && (
                <ActionForm context={context} action="replay">
                  <button type="submit" class="plain">
                    Replay
                  </button>
                </ActionForm>
              )}
            </div>
          ))}
          <Summary event={found} />
        </article>
        <Timeline event={found} />
        {stored && (
          <div class="sides">
            <section>
              <h2>Received</h2>
              <Json value={stored} />
            </section>
            {deliveries.map(({ vendor }) => (
              <section key={vendor}>
                <h2>Sent to {labelOf(context, vendor)}</h2>
                <Json value={services.vendors.get(vendor)?.map({ ...stored, visitor: {} } as HashedEvent)} />
                <small>With the visitor's address and user agent, which are not shown.</small>
              </section>
            ))}
          </div>
        )}
        <Attempts context={context} attempts={attempts} />
      </>
    )
  },
  actions: {
    async replay(_form, { services, id, now }) {
      const { count: number, mayCountTwice } = await services.store.replay({ ids: [Number(id)] }, now)
      if (number === 0) return { problems: { '': 'This event does not stand as failed any more.' } }
      await services.apply()
      const doubt =
        mayCountTwice > 0 ? ' It may count twice: TikTok may have booked it more than 47 h ago.' : ''
      return { said: `The event will be sent again.${doubt}` }
    },
  },
}

const labelOf = ({ services }: Context, vendor: string) =>
  services.kinds.find(({ name }) => name === vendor)?.label ?? vendor

/** Which request was taken, for TikTok's support, and how long it took. */
function answerOf({ attempts }: EventDetail, { vendor, state }: EventDetail['deliveries'][number]): string {
  const last = attempts.filter((attempt) => attempt.vendor === vendor).at(-1)
  if (state !== 'delivered' || !last) return ''
  return `${last.requestId ? `request ${last.requestId}, ` : ''}${count(last.durationMs, 'ms', 'ms')}`
}

function Summary({ event }: { event: EventDetail }) {
  const { eventId, eventTime, source, value, currency, limitedDataUse, privacyReason, keys } = event
  return (
    <dl class="summary" data-testid="summary">
      <dt>Event</dt>
      <dd>
        <strong>{event.event}</strong> {value !== undefined && money(value, currency)}
      </dd>
      <dt>Event ID</dt>
      <dd>
        <code>{eventId}</code>
      </dd>
      <dt>Happened</dt>
      <dd>
        <Time at={eventTime * 1_000} />, sent by the {source === 'server' ? 'server' : 'browser'}
      </dd>
      {event.paired && (
        <>
          <dt>Browser + server</dt>
          <dd>
            It also came from the {source === 'server' ? 'browser' : 'server'} under the same id: the first
            was taken, the other counted as a duplicate.
          </dd>
        </>
      )}
      {event.replayed && (
        <>
          <dt>Replay</dt>
          <dd>The owner has sent it again, under the same id.</dd>
        </>
      )}
      <dt>Limited Data Use</dt>
      <dd>
        {limitedDataUse ? <Badge tone="plain">LDU</Badge> : 'Not set,'}{' '}
        {privacyReason && (
          <>
            <code>{privacyReason}</code>: {lduLabels(privacyReason)}
          </>
        )}
      </dd>
      <dt>Match keys</dt>
      <dd>{keys.length > 0 ? keys.map((key) => keyLabels[key]).join(', ') : 'none kept'}</dd>
    </dl>
  )
}

/** Browser, collector, vendor, each with its time. */
function Timeline({ event: { eventTime, receivedAt, attempts, source } }: { event: EventDetail }) {
  const last = attempts.at(-1)
  return (
    <ol class="timeline" aria-label="Timeline">
      <li>
        <strong>{source === 'server' ? 'Server' : 'Browser'}</strong> <Time at={eventTime * 1_000} />
      </li>
      <li>
        <strong>Collector</strong> <Time at={receivedAt} />
      </li>
      <li>
        <strong>TikTok</strong>{' '}
        {last ? (
          <>
            <Time at={last.at + last.durationMs} />{' '}
            <small>{duration(last.at + last.durationMs - receivedAt)} after it arrived here</small>
          </>
        ) : (
          'not yet'
        )}
      </li>
    </ol>
  )
}

function Attempts({ context, attempts }: { context: Context; attempts: EventDetail['attempts'] }) {
  if (attempts.length === 0) return null
  return (
    <section>
      <h2>Answers</h2>
      <ScrollArea label="Attempts">
        <table>
          <thead>
            <tr>
              <th scope="col">When</th>
              <th scope="col">Vendor</th>
              <th scope="col">Outcome</th>
              <th scope="col">Code</th>
              <th scope="col">Message</th>
              <th scope="col">Request</th>
              <th scope="col" class="number">
                Took
              </th>
              <th scope="col" class="number">
                Events in it
              </th>
            </tr>
          </thead>
          <tbody>
            {attempts.map((attempt) => (
              <tr key={`${attempt.at} ${attempt.requestId}`}>
                <td>
                  <Time at={attempt.at} />
                </td>
                <td>{labelOf(context, attempt.vendor)}</td>
                <td>
                  <Badge tone={attempt.outcome === 'delivered' ? 'good' : 'bad'}>
                    {outcomeLabels(attempt.outcome)}
                  </Badge>
                </td>
                <td>{attempt.code}</td>
                <td class="long">{attempt.message}</td>
                <td class="long">
                  <code>{attempt.requestId}</code>
                </td>
                <td class="number">{attempt.durationMs} ms</td>
                <td class="number">{attempt.events}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </ScrollArea>
    </section>
  )
}

const Json = ({ value }: { value: unknown }) => (
  <ScrollArea label="JSON">
    <pre>
      <code>{JSON.stringify(value, null, 2)}</code>
    </pre>
  </ScrollArea>
)
