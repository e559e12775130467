/** Overview: shows the onboarding checklist, the most severe issues, and figures on events and delivery. */
import type { SiteConfig } from '../../../sites/registry.js'
import type { HourCount, HourValue, MatchKey, Reports, Wait } from '../../../store/reports.js'
import type { Queue, Store } from '../../../store/store.js'
import { hourMs } from '../../../time.js'
import type { VendorKind } from '../../../vendors/vendor.js'
import { DomainPicker } from '../../components/domain-picker.js'
import { count, duration, money } from '../../components/format.js'
import { OpenIssueCards } from '../../components/issue-cards.js'
import { Time } from '../../components/time.js'
import { matchKeyLabels, vendorNames } from '../../components/vendor-labels.js'
import { type Context, type Page, to } from '../../page.js'
import type { IssueTracker } from '../issue-tracker.js'
import { Shares, StackedBars } from './charts.js'
import { EventTable, weekHours } from './event-table.js'
import { loadOnboarding, OnboardingChecklist } from './onboarding-checklist.js'
import {
  barsOf,
  type Coverage,
  deliveryTimeQuantile,
  eventSums,
  matchKeyCoverage,
  type Range,
  rangeOf,
  ranges,
} from './summary.js'

export interface OverviewDeps {
  store: Pick<Reports, 'events' | 'hours' | 'values' | 'waits'> & Pick<Store, 'queues'>
  issues: Pick<IssueTracker, 'check'>
  kinds: readonly VendorKind[]
}

/** The page lists the most severe ones; Diagnostics lists all. */
const maxIssues = 3
/** Enough for every event name to be among them. */
const maxPaired = 100
const funnel = ['ViewContent', 'AddToCart', 'InitiateCheckout', 'Purchase']

export const createOverviewPage = (deps: OverviewDeps): Page => ({
  path: '/',
  title: 'Overview',
  nav: 'Overview',
  view: (context) => viewOverview(deps, context),
})

async function viewOverview({ store, issues, kinds }: OverviewDeps, context: Context) {
  const { site, query, now } = context
  const { steps, hasEvent } = await loadOnboarding(store, site, kinds)
  if (!site) return <OnboardingChecklist steps={steps} />
  const labels = matchKeyLabels(kinds, site)
  const hour = Math.floor(now / hourMs)
  const range = rangeOf(query.get('range'))
  const [figures, week, { open }] = await Promise.all([
    loadFigures(store, site, range, hour),
    loadWeek(store, site, hour),
    issues.check(context),
  ])
  return (
    <>
      <DomainPicker context={context} path="/" />
      <OnboardingChecklist steps={steps} />
      <OpenIssueCards context={context} issues={open.slice(0, maxIssues)} />
      {open.length > maxIssues && (
        <p>
          <a href={to('/diagnostics', site)}>{count(open.length - maxIssues, 'more issue')}</a>
        </p>
      )}
      {/* Before the first event, empty charts would distract from the next step. */}
      {hasEvent && (
        <>
          <RangePicker site={site} selected={range} />
          <div class="tiles">
            <article class="main">
              <h2>Events</h2>
              <StackedBars bars={barsOf(figures.counts, range, hour)} title={`Events, ${range.label}`} />
            </article>
            <Delivery site={site} {...figures} />
            <MatchKeys
              coverage={matchKeyCoverage(figures.counts)}
              labels={labels}
              vendor={vendorNames(kinds, site)}
            />
            <Funnel counts={figures.counts} values={figures.values} />
          </div>
        </>
      )}
      <EventTable site={site} {...week} labels={labels} issues={open} hour={hour} />
    </>
  )
}

interface Figures {
  counts: HourCount[]
  values: HourValue[]
  waits: Wait[]
  /** Of the domain. */
  queues: Queue[]
}

/** @param hour now, in Unix hours */
async function loadFigures(
  store: OverviewDeps['store'],
  { domain }: SiteConfig,
  { hours, step }: Range,
  hour: number,
): Promise<Figures> {
  const span = { site: domain, from: hour - hours + 1, to: hour }
  const [counts, values, waits, queues] = await Promise.all([
    store.hours({ ...span, step }),
    store.values(span),
    store.waits(span),
    store.queues(),
  ])
  return { counts, values, waits, queues: queues.filter(({ site }) => site === domain) }
}

interface Week {
  counts: HourCount[]
  values: HourValue[]
  /** Names of which an event came from the browser and from the server under one id. */
  paired: ReadonlySet<string>
}

async function loadWeek(store: OverviewDeps['store'], { domain }: SiteConfig, hour: number): Promise<Week> {
  const span = { site: domain, from: hour - weekHours + 1, to: hour }
  const [counts, values, { events }] = await Promise.all([
    store.hours({ ...span, step: weekHours }),
    store.values(span),
    store.events({ site: domain, paired: true, limit: maxPaired }),
  ])
  return { counts, values, paired: new Set(events.map(({ event }) => event)) }
}

const RangePicker = ({ site, selected }: { site: SiteConfig; selected: Range }) => (
  <nav class="ranges" aria-label="Time">
    {ranges.map(({ name, label }) => (
      <a
        key={name}
        href={to('/', site, { range: name })}
        aria-current={selected.name === name ? 'true' : undefined}
      >
        {label}
      </a>
    ))}
  </nav>
)

interface DeliveryProps extends Pick<Figures, 'waits' | 'queues'> {
  site: SiteConfig
}

function Delivery({ site, waits, queues }: DeliveryProps) {
  const pending = queues.reduce((sum, queue) => sum + queue.pending, 0)
  const oldestAt = Math.min(...queues.map((queue) => queue.oldestAt))
  return (
    <article class="beside">
      <h2>Delivery</h2>
      <dl class="stats">
        <DeliveryTime label="Median delivery time" ms={deliveryTimeQuantile(waits, 0.5)} />
        <DeliveryTime label="95th percentile" ms={deliveryTimeQuantile(waits, 0.95)} />
        <div>
          <dt>Waiting now</dt>
          <dd>
            {pending === 0 ? (
              'Nothing'
            ) : (
              <a href={to('/events', site, { q: 'status:pending' })}>{count(pending, 'event')}</a>
            )}
          </dd>
          {pending > 0 && (
            <dd>
              <small>
                The oldest since <Time at={oldestAt} />
              </small>
            </dd>
          )}
        </div>
      </dl>
    </article>
  )
}

const DeliveryTime = ({ label, ms }: { label: string; ms: number | undefined }) => (
  <div>
    <dt>{label}</dt>
    <dd>{ms === undefined ? '–' : duration(ms)}</dd>
  </div>
)

interface MatchKeysProps {
  coverage: Coverage
  labels: ReadonlyMap<MatchKey, string>
  /** Names of the vendors. */
  vendor: string
}

const MatchKeys = ({ coverage, labels, vendor }: MatchKeysProps) => (
  <article>
    <h2>Match keys</h2>
    <Shares
      title={`Coverage (our estimate; ${vendor} computes EMQ)`}
      total={coverage.total}
      shares={[...labels].map(([key, label]) => ({ label, count: coverage.keys.get(key) ?? 0 }))}
    />
    {coverage.total > 0 && <NextKey coverage={coverage} labels={labels} />}
  </article>
)

/** Suggests the strongest match key that more than half of the events lack. */
function NextKey({ coverage: { total, keys }, labels }: Omit<MatchKeysProps, 'vendor'>) {
  const next = ['email', 'phone', 'external_id'].find(
    (key) => labels.has(key) && (keys.get(key) ?? 0) < total / 2,
  )
  if (!next) return null
  return (
    <p>
      <small>
        Add next: {labels.get(next)}, by <code>tagferry.identify</code> where the customer gives it.
      </small>
    </p>
  )
}

function Funnel({ counts, values }: Pick<Figures, 'counts' | 'values'>) {
  const totals = new Map(eventSums(counts).map(({ event, total }) => [event, total]))
  const highest = Math.max(...funnel.map((event) => totals.get(event) ?? 0))
  const amountOf = (name: string) =>
    values
      .filter(({ event }) => event === name)
      .map(({ sum, currency }) => money(sum, currency))
      .join(', ')
  return (
    <article>
      <h2>Conversion funnel</h2>
      <Shares
        title="Events by step, with their value"
        total={highest}
        shares={funnel.map((event) => ({
          label: event,
          count: totals.get(event) ?? 0,
          note: amountOf(event),
        }))}
      />
    </article>
  )
}
