/** Events: lists what arrived and its delivery, newest first, filtered, and live on the first page. */
import type { SiteConfig } from '../../../sites/registry.js'
import { parseEventFilter } from '../../../store/event-filter.js'
import type { EventPage, Reports } from '../../../store/reports.js'
import { hourMs } from '../../../time.js'
import type { VendorKind } from '../../../vendors/vendor.js'
import { ActionForm } from '../../components/action-form.js'
import { DomainPicker } from '../../components/domain-picker.js'
import { EmptyState, NoDomain } from '../../components/empty-state.js'
import { EventHeader, EventRow } from '../../components/event-row.js'
import { count } from '../../components/format.js'
import { ScrollArea } from '../../components/scroll-area.js'
import { vendorNames } from '../../components/vendor-labels.js'
import type { Form } from '../../form.js'
import { type ActionResult, type Context, type Page, to } from '../../page.js'
import type { ReplayFailed } from '../services.js'

export interface EventsDeps {
  kinds: readonly VendorKind[]
  store: Pick<Reports, 'events'>
  replayFailed: ReplayFailed
}

const perPage = 50
/** The choices of the replay form. */
const replayHours = [1, 24, 168]
const exampleFilters = ['status:failed', 'status:pending', 'status:skipped', 'event:Purchase', 'ldu:yes']

export const createEventsPage = (deps: EventsDeps): Page => ({
  path: '/events',
  title: 'Events',
  nav: 'Events',
  view: (context) => (context.site ? viewEvents(deps, context, context.site) : <NoDomain />),
  actions: { replay: (form, context) => replay(deps, form, context) },
})

async function viewEvents({ store, kinds }: EventsDeps, context: Context, site: SiteConfig) {
  const { query, now } = context
  const text = query.get('q')?.trim() ?? ''
  const { filter, problem } = parseEventFilter(text)
  const before = Number(query.get('before')) || undefined
  const page: EventPage = problem
    ? { events: [] }
    : await store.events({ ...filter, site: site.domain, limit: perPage, ...(before && { before }) })
  const isLive = !before && text === ''
  const isEmpty = page.events.length === 0
  return (
    <>
      <DomainPicker context={context} path="/events" />
      <FilterForm site={site} text={text} problem={problem} />
      {isLive && <LiveBar />}
      {isEmpty && !problem && <NoEvents site={site} text={text} hasMore={page.next !== undefined} />}
      <ScrollArea label="Events" hidden={isEmpty}>
        <table
          class="events"
          data-live={isLive ? site.domain : undefined}
          data-after={isLive ? page.events[0]?.id : undefined}
        >
          <thead>
            <EventHeader />
          </thead>
          <tbody>
            {page.events.map((event) => (
              <EventRow key={event.id} event={event} now={now} />
            ))}
          </tbody>
        </table>
      </ScrollArea>
      <Pager site={site} text={text} page={page} isFirst={!before} />
      {filter.state === 'failed' && !problem && (
        <ReplayForm context={context} event={filter.event} vendors={vendorNames(kinds, site)} />
      )}
    </>
  )
}

interface FilterFormProps {
  site: SiteConfig
  text: string
  problem: string | undefined
}

const FilterForm = ({ site, text, problem }: FilterFormProps) => (
  <>
    <form method="get" action={to('/events')} class="filter">
      <input type="hidden" name="site" value={site.domain} />
      <label for="q">Filter</label>
      <input
        id="q"
        name="q"
        type="search"
        value={text}
        placeholder="event:Purchase status:failed"
        aria-describedby={problem && 'q-problem'}
        spellcheck={false}
      />
      <button type="submit">Show</button> <a href={to('/rejected', site)}>Rejected</a>
      <ul class="chips">
        {exampleFilters.map((q) => (
          <li key={q}>
            <a href={to('/events', site, { q })}>{q}</a>
          </li>
        ))}
      </ul>
    </form>
    {problem && (
      <p class="problem" role="alert" id="q-problem">
        {problem}
      </p>
    )}
  </>
)

/** The client script fills these in. */
const LiveBar = () => (
  <div class="live-bar">
    <span data-live="status" role="status" />
    <button type="button" class="plain" data-live="pause" hidden>
      Pause
    </button>
  </div>
)

interface PagerProps {
  site: SiteConfig
  text: string
  page: EventPage
  isFirst: boolean
}

function Pager({ site, text, page: { events, next }, isFirst }: PagerProps) {
  const filter = text === '' ? {} : { q: text }
  return (
    <nav class="pager" aria-label="Pages">
      {!isFirst && <a href={to('/events', site, filter)}>Newest</a>}
      {next !== undefined && (
        <a href={to('/events', site, { ...filter, before: String(next) })} rel="next">
          {events.length < perPage ? 'Look further back' : 'Older'}
        </a>
      )}
    </nav>
  )
}

interface NoEventsProps {
  site: SiteConfig
  text: string
  /** The search stopped before the oldest event. */
  hasMore: boolean
}

function NoEvents({ site, text, hasMore }: NoEventsProps) {
  if (text !== '') {
    return (
      <EmptyState title={hasMore ? `Nothing matches ${text} so far back` : `Nothing matches ${text}`}>
        <p>
          <a href={to('/events', site)}>Clear filter</a>
        </p>
      </EmptyState>
    )
  }
  return (
    <EmptyState title="No events yet">
      <p>Paste the snippet into your site, then load a page. This list updates automatically.</p>
      <p>
        <a class="button" href={to('/install', site)}>
          Copy snippet
        </a>{' '}
        <a class="button second" href={to('/test-events', site)}>
          Send a test event
        </a>
      </p>
    </EmptyState>
  )
}

interface ReplayFormProps {
  context: Context
  event: string | undefined
  /** Labels of the site's vendors. */
  vendors: string
}

const ReplayForm = ({ context, event, vendors }: ReplayFormProps) => (
  <section>
    <h2>Send failed events again</h2>
    <p>
      Each event keeps its id. An event that {vendors} may have booked more than 47 hours ago may count twice.
    </p>
    <ActionForm context={context} action="replay" class="panel inline">
      {event && <input type="hidden" name="event" value={event} />}
      <label for="hours">Arrived in the last</label>
      <select id="hours" name="hours">
        <option value="1">hour</option>
        <option value="24">24 hours</option>
        <option value="168">7 days</option>
      </select>
      <button type="submit">Replay {event ?? 'all'}</button>
    </ActionForm>
  </section>
)

async function replay(
  { replayFailed, kinds }: EventsDeps,
  form: Form,
  { site, now }: Context,
): Promise<ActionResult> {
  const hours = Number(form.text('hours'))
  if (!site || !replayHours.includes(hours)) return { problems: { '': 'Choose a time.' } }
  const event = form.text('event')
  const since = now - hours * hourMs
  const { count: replayed, mayCountTwice } = await replayFailed(
    { since, until: now, site: site.domain, ...(event && { event }) },
    now,
  )
  const warning =
    mayCountTwice > 0
      ? ` ${count(mayCountTwice, 'event')} may count twice: ${vendorNames(kinds, site)} may have booked them more than 47 h ago.`
      : ''
  return { flashMessage: `${count(replayed, 'event')} will be sent again.${warning}` }
}
