/** Renders a week's events by name, with the columns of TikTok's Events Manager so that both can be compared. */
import type { Issue } from '../../../diagnose/issue.js'
import { diagnosisOf } from '../../../diagnose/registry.js'
import type { SiteConfig } from '../../../sites/registry.js'
import type { HourCount, HourValue, MatchKey } from '../../../store/reports.js'
import { customName } from '../../../store/sql/rollup-rules.js'
import { hourMs } from '../../../time.js'
import { Badge } from '../../components/badge.js'
import { EmptyState } from '../../components/empty-state.js'
import { count } from '../../components/format.js'
import { ScrollArea } from '../../components/scroll-area.js'
import { Time } from '../../components/time.js'
import { to } from '../../page.js'
import { type EventSum, eventSums, matchKeyCoverage } from './summary.js'

export const weekHours = 168

export interface EventTableProps {
  site: SiteConfig
  /** Of the last week. */
  counts: readonly HourCount[]
  values: readonly HourValue[]
  /** Names of which an event came from the browser and from the server under one id. */
  paired: ReadonlySet<string>
  /** Match keys of the domain's vendors, with their labels. */
  labels: ReadonlyMap<MatchKey, string>
  /** All open issues of the domain. */
  issues: readonly Issue[]
  /** Now, in Unix hours. */
  hour: number
}

export function EventTable(props: EventTableProps) {
  const sums = eventSums(props.counts)
  if (sums.length === 0) return <NoEvents site={props.site} />
  return (
    <section class="wide">
      <h2>Events of the last 7 days</h2>
      <ScrollArea label="Events of the last 7 days">
        <table>
          <thead>
            <tr>
              <th scope="col">Event</th>
              <th scope="col">Parameters</th>
              <th scope="col">Diagnostics</th>
              <th scope="col">Status</th>
              <th scope="col">Connection method</th>
              <th scope="col" class="number">
                Total
              </th>
              <th scope="col" class="number">
                Duplicates
              </th>
              <th scope="col">Last received</th>
            </tr>
          </thead>
          <tbody>
            {sums.map((sum) => (
              <SumRow key={sum.event} {...props} sum={sum} />
            ))}
          </tbody>
        </table>
      </ScrollArea>
    </section>
  )
}

function SumRow(props: EventTableProps & { sum: EventSum }) {
  const { site, paired, issues, hour, sum } = props
  const { event, total, duplicates, lastHour } = sum
  return (
    <tr>
      <th scope="row">
        <a href={to('/events', site, event === customName ? {} : { q: `event:${event}` })}>
          {event === customName ? 'Custom event names' : event}
        </a>
      </th>
      <td class="longer">{parametersOf(event, props)}</td>
      <td class="long">
        <Diagnostics
          site={site}
          sum={sum}
          issues={issues.filter(({ events = [] }) => events.includes(event))}
        />
      </td>
      <td>
        {hour - lastHour < weekHours ? (
          <Badge tone="good">Active</Badge>
        ) : (
          <Badge tone="off">No recent activity</Badge>
        )}
      </td>
      <td>{connectionMethod(sum, paired.has(event))}</td>
      <td class="number">{total.toLocaleString('en-US')}</td>
      <td class="number">{duplicates.toLocaleString('en-US')}</td>
      <td>
        <Time at={lastHour * hourMs} hour />
      </td>
    </tr>
  )
}

interface DiagnosticsProps {
  site: SiteConfig
  sum: EventSum
  /** Open issues about the event. */
  issues: readonly Issue[]
}

function Diagnostics({ site, sum: { event, failed }, issues }: DiagnosticsProps) {
  if (failed === 0 && issues.length === 0) return <>None</>
  const nameFilter = event === customName ? '' : `event:${event} `
  return (
    <ul class="plain-list">
      {failed > 0 && (
        <li>
          <a href={to('/events', site, { q: `${nameFilter}status:failed` })}>
            {count(failed, 'failed', 'failed')}
          </a>
        </li>
      )}
      {issues.map(({ code, vendor }) => (
        <li key={code}>
          <a href={`${to('/diagnostics', site)}#${code}`}>{diagnosisOf(code, vendor).title}</a>
        </li>
      ))}
    </ul>
  )
}

/** The second copy of a paired event is counted as a duplicate only, not under its source. */
function connectionMethod({ browser, server }: EventSum, isPaired: boolean): string {
  if (isPaired || (browser > 0 && server > 0)) return 'Server & browser'
  return browser === 0 ? 'Server only' : 'Browser only'
}

/** What at least one event of the name had. */
function parametersOf(name: string, { counts, values, labels }: EventTableProps): string {
  const { keys } = matchKeyCoverage(counts.filter(({ event }) => event === name))
  const present = [...labels].filter(([key]) => (keys.get(key) ?? 0) > 0)
  const value = values.some(({ event }) => event === name) ? ['Value'] : []
  return [...value, ...present.map(([, label]) => label.replace(/ \(.*/, ''))].join(', ')
}

const NoEvents = ({ site }: { site: SiteConfig }) => (
  <EmptyState title="No events yet">
    <p>Paste the snippet into your site, then load a page: the figures of the site appear here.</p>
    <p>
      <a class="button" href={to('/install', site)}>
        Install the snippet
      </a>
    </p>
  </EmptyState>
)
