/** Event: shows what was received, what was sent, the vendor's answers, and each attempt. */
import type { HashedEvent } from '../../../event.js'
import type { EventDetail, Reports } from '../../../store/reports.js'
import type { VendorKind } from '../../../vendors/vendor.js'
import { ActionForm } from '../../components/action-form.js'
import { Badge, StateBadge } from '../../components/badge.js'
import { deliveryDetails } from '../../components/event-row.js'
import { count, duration, money } from '../../components/format.js'
import { lduLabel, outcomeLabel, skipLabels } from '../../components/labels.js'
import { ScrollArea } from '../../components/scroll-area.js'
import { Time } from '../../components/time.js'
import { matchKeyLabels, vendorNames } from '../../components/vendor-labels.js'
import { type ActionResult, type Context, type Page, to } from '../../page.js'
import type { ReplayFailed, VendorsByName } from '../services.js'

export interface EventDeps {
  store: Pick<Reports, 'event'>
  kinds: readonly VendorKind[]
  vendors: VendorsByName
  replayFailed: ReplayFailed
}

export const createEventPage = (deps: EventDeps): Page => ({
  path: '/events/:id',
  title: 'Event',
  view: (context) => viewEvent(deps, context),
  actions: { replay: (_form, context) => replay(deps, context) },
})

type VendorLabel = (vendor: string) => string

async function viewEvent({ store, kinds, vendors }: EventDeps, context: Context) {
  const id = Number(context.id)
  const event = Number.isSafeInteger(id) ? await store.event(id) : undefined
  if (!event) return undefined
  const { site, attempts } = event
  const vendorLabel: VendorLabel = (vendor) => kinds.find(({ name }) => name === vendor)?.label ?? vendor
  return (
    <>
      <p>
        <a href={to('/events', { domain: site })}>All events of {site}</a>
      </p>
      <article>
        <SkipNote event={event} />
        <Deliveries context={context} event={event} vendorLabel={vendorLabel} />
        <Summary event={event} kinds={kinds} />
      </article>
      <Timeline event={event} vendorLabel={vendorLabel} />
      <Payloads event={event} vendors={vendors} vendorLabel={vendorLabel} />
      {attempts.length > 0 && <Attempts attempts={attempts} vendorLabel={vendorLabel} />}
    </>
  )
}

function SkipNote({ event: { skipReason, site } }: { event: EventDetail }) {
  if (!skipReason) return null
  const { label, path } = skipLabels[skipReason]
  return (
    <p>
      <StateBadge state="skipped" /> {label}. Nothing personal was kept of it.{' '}
      {path && <a href={to(path, { domain: site })}>To the setting</a>}
    </p>
  )
}

interface DeliveriesProps {
  context: Context
  event: EventDetail
  vendorLabel: VendorLabel
}

const Deliveries = ({ context, event, vendorLabel }: DeliveriesProps) => (
  <>
    {event.deliveries.map((delivery) => (
      <div key={delivery.vendor} class="delivery">
        <StateBadge state={delivery.state} /> {vendorLabel(delivery.vendor)}{' '}
        <small>
          {[deliveryDetails(delivery, context.now), requestDetails(event, delivery)]
            .filter(Boolean)
            .join(', ')}
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
  </>
)

type Delivery = EventDetail['deliveries'][number]

/** The request that delivered the event, by the id that the vendor's support needs, and how long it took. */
function requestDetails({ attempts }: EventDetail, { vendor, state }: Delivery): string {
  const last = attempts.filter((attempt) => attempt.vendor === vendor).at(-1)
  if (state !== 'delivered' || !last) return ''
  return `${last.requestId ? `request ${last.requestId}, ` : ''}${count(last.durationMs, 'ms', 'ms')}`
}

interface SummaryProps {
  event: EventDetail
  kinds: readonly VendorKind[]
}

function Summary({ event, kinds }: SummaryProps) {
  const { eventId, eventTime, source, value, currency, limitedDataUse, privacyReason, keys } = event
  const receivers = kinds.filter(({ name }) => event.deliveries.some(({ vendor }) => vendor === name))
  const labels = matchKeyLabels(receivers, undefined)
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
      {event.test && (
        <>
          <dt>Test</dt>
          <dd>It was sent with a Test Event Code: it counts as no conversion.</dd>
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
            <code>{privacyReason}</code>: {lduLabel(privacyReason)}
          </>
        )}
      </dd>
      <dt>Match keys</dt>
      <dd>{keys.length > 0 ? keys.flatMap((key) => labels.get(key) ?? []).join(', ') : 'none kept'}</dd>
    </dl>
  )
}

/** When the event was in the browser, in the collector, and at the vendor. */
interface TimelineProps {
  event: EventDetail
  vendorLabel: VendorLabel
}

function Timeline({ event, vendorLabel }: TimelineProps) {
  const { eventTime, receivedAt, attempts, source, deliveries } = event
  const last = attempts.at(-1)
  const vendor = last?.vendor ?? deliveries[0]?.vendor
  return (
    <ol class="timeline" aria-label="Timeline">
      <li>
        <strong>{source === 'server' ? 'Server' : 'Browser'}</strong> <Time at={eventTime * 1_000} />
      </li>
      <li>
        <strong>Collector</strong> <Time at={receivedAt} />
      </li>
      <li>
        <strong>{vendor === undefined ? 'Vendor' : vendorLabel(vendor)}</strong>{' '}
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

interface PayloadsProps {
  event: EventDetail
  vendors: VendorsByName
  vendorLabel: VendorLabel
}

/** The stored event beside what each vendor gets of it. */
function Payloads({ event: { stored, deliveries, keys }, vendors, vendorLabel }: PayloadsProps) {
  if (!stored) return null
  const hasVisitor = keys.includes('visitor')
  const withoutVisitor: HashedEvent = { ...stored, visitor: {} }
  return (
    <div class="side-by-side">
      <section>
        <h2>Stored</h2>
        <Json value={stored} />
      </section>
      {deliveries.map(({ vendor }) => (
        <section key={vendor}>
          <h2>Sent to {vendorLabel(vendor)}</h2>
          <Json value={vendors.get(vendor)?.map(withoutVisitor)} />
          {hasVisitor && <small>With the visitor's address and user agent, which are not shown.</small>}
        </section>
      ))}
    </div>
  )
}

const Json = ({ value }: { value: unknown }) => (
  <ScrollArea label="JSON">
    <pre>
      <code>{JSON.stringify(value, null, 2)}</code>
    </pre>
  </ScrollArea>
)

interface AttemptsProps {
  attempts: EventDetail['attempts']
  vendorLabel: VendorLabel
}

const Attempts = ({ attempts, vendorLabel }: AttemptsProps) => (
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
              <td>{vendorLabel(attempt.vendor)}</td>
              <td>
                <Badge tone={attempt.outcome === 'delivered' ? 'good' : 'bad'}>
                  {outcomeLabel(attempt.outcome)}
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

async function replay({ replayFailed, kinds }: EventDeps, { id, now, site }: Context): Promise<ActionResult> {
  const { count: replayed, mayCountTwice } = await replayFailed({ ids: [Number(id)] }, now)
  if (replayed === 0) return { problems: { '': 'This event does not stand as failed any more.' } }
  const warning =
    mayCountTwice > 0
      ? ` It may count twice: ${vendorNames(kinds, site)} may have booked it more than 47 h ago.`
      : ''
  return { flashMessage: `The event will be sent again.${warning}` }
}
