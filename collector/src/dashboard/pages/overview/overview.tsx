/** Overview: how far the set-up has come, and how the events fare. */
import type { HourCount, HourValue } from '../../../store/reports.js'
import { DomainPicker, Time } from '../../components/elements.js'
import { IssueCards, openIssues } from '../../components/issue-cards.js'
import { count, money } from '../../components/labels.js'
import { type Page, to } from '../../page.js'
import { Shares, StackedBars } from './charts.js'
import { EventTable, keyLabels } from './event-table.js'
import { firstEvent, OnboardingChecklist, onboardingSteps } from './onboarding-checklist.js'
import { barsOf, coverage, duration, eventSums, quantile, ranges } from './summary.js'

const hourMs = 3_600_000
const week = 168
/** The gravest ones; the rest is under Diagnostics. */
const mostIssues = 3
/** Enough to have every name among them. */
const mostPairs = 100

const steps = ['ViewContent', 'AddToCart', 'InitiateCheckout', 'Purchase']

export const overview: Page = {
  path: '/',
  title: 'Overview',
  nav: 'Overview',
  async view(context) {
    const { site, services, query, now } = context
    const hour = Math.floor(now / hourMs)
    const range = ranges.find(({ name }) => name === query.get('range')) ?? ranges[0]
    const items = await onboardingSteps(context)
    if (!site || !range) return <OnboardingChecklist items={items} />
    const span = { site: site.domain, from: hour - range.hours + 1, to: hour }
    const lately = { ...span, from: hour - week + 1 }
    const [counts, values, waits, weekly, weeklyValues, pairs, queues, issues] = await Promise.all([
      services.store.hours({ ...span, step: range.step }),
      services.store.values(span),
      services.store.waits(span),
      services.store.hours({ ...lately, step: week }),
      services.store.values(lately),
      services.store.events({ site: site.domain, paired: true, limit: mostPairs }),
      services.store.queues(),
      openIssues(context),
    ])
    const paired = new Set(pairs.events.map(({ event }) => event))
    const waiting = queues.filter((queue) => queue.site === site.domain)
    const depth = waiting.reduce((sum, { pending }) => sum + pending, 0)
    const oldest = Math.min(...waiting.map(({ oldestAt }) => oldestAt))
    const { of, keys } = coverage(counts)
    // Empty pictures would only stand between a newcomer and the next step.
    const has = items.some(({ label, done }) => label === firstEvent && done)
    const [p50, p95] = [quantile(waits, 0.5), quantile(waits, 0.95)]
    return (
      <>
        <DomainPicker context={context} path="/" />
        <OnboardingChecklist items={items} />
        <IssueCards context={context} issues={issues.slice(0, mostIssues)} />
        {issues.length > mostIssues && (
          <p>
            <a href={to('/diagnostics', site)}>{count(issues.length - mostIssues, 'more issue')}</a>
          </p>
        )}
        {has && (
          <>
            <nav class="ranges" aria-label="Time">
              {ranges.map(({ name, label }) => (
                <a
                  key={name}
                  href={to('/', site, { range: name })}
                  aria-current={range.name === name ? 'true' : undefined}
                >
                  {label}
                </a>
              ))}
            </nav>
            <div class="tiles">
              <article class="main">
                <h2>Events</h2>
                <StackedBars bars={barsOf(counts, range, hour)} title={`Events, ${range.label}`} />
              </article>
              <article class="side-by">
                <h2>Delivery</h2>
                <dl class="stats">
                  <div>
                    <dt>Half are with TikTok within</dt>
                    <dd>{p50 === undefined ? '–' : duration(p50)}</dd>
                  </div>
                  <div>
                    <dt>95 % within</dt>
                    <dd>{p95 === undefined ? '–' : duration(p95)}</dd>
                  </div>
                  <div>
                    <dt>Waiting now</dt>
                    <dd>
                      {depth === 0 ? (
                        'Nothing'
                      ) : (
                        <a href={to('/events', site, { q: 'status:pending' })}>{count(depth, 'event')}</a>
                      )}
                    </dd>
                    {depth > 0 && (
                      <dd>
                        <small>
                          The oldest since <Time at={oldest} />
                        </small>
                      </dd>
                    )}
                  </div>
                </dl>
              </article>
              <article>
                <h2>Match keys</h2>
                <Shares
                  title="Coverage (our estimate; TikTok computes EMQ)"
                  of={of}
                  shares={Object.entries(keyLabels).map(([key, label]) => ({
                    label,
                    count: keys[key as keyof typeof keyLabels],
                  }))}
                />
                {of > 0 && <NextKey keys={keys} of={of} />}
              </article>
              <Funnel counts={counts} values={values} />
            </div>
          </>
        )}
        <EventTable context={context} counts={weekly} values={weeklyValues} {...{ paired, issues, hour }} />
      </>
    )
  },
}

/** The field to add next: the strongest one that most events lack. */
function NextKey({ keys, of }: ReturnType<typeof coverage>) {
  const next = (['email', 'phone', 'external_id'] as const).find((key) => keys[key] < of / 2)
  if (!next) return null
  return (
    <p>
      <small>
        Add next: {keyLabels[next]}, by <code>tagferry.identify</code> where the customer gives it.
      </small>
    </p>
  )
}

function Funnel({ counts, values }: { counts: HourCount[]; values: HourValue[] }) {
  const sums = new Map(eventSums(counts).map((sum) => [sum.event, sum.total]))
  const first = Math.max(...steps.map((step) => sums.get(step) ?? 0))
  const worth = (event: string) =>
    values
      .filter((value) => value.event === event)
      .map(({ sum, currency }) => money(sum, currency))
      .join(', ')
  return (
    <article>
      <h2>Way to a purchase</h2>
      <Shares
        title="Events by step, with their value"
        of={first}
        shares={steps.map((step) => ({ label: step, count: sums.get(step) ?? 0, note: worth(step) }))}
      />
    </article>
  )
}
