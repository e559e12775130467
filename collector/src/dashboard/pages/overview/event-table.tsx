/** The events of a week by name, with the columns of TikTok's own Events Manager, so that both can be held side by side. */

import type { Issue } from '../../../diagnose/issue.js'
import { diagnosisOf } from '../../../diagnose/registry.js'
import type { HourCount, HourValue, MatchKey } from '../../../store/reports.js'
import { customName } from '../../../store/sql/rollup-batch.js'
import { Badge, ScrollArea, Time } from '../../components/elements.js'
import { count } from '../../components/labels.js'
import { type Context, to } from '../../page.js'
import { coverage, eventSums } from './summary.js'

const hourMs = 3_600_000
const week = 168

export const keyLabels = {
  ttclid: 'Click id (ttclid)',
  email: 'E-mail',
  phone: 'Phone',
  external_id: 'External id',
  ttp: 'Browser id (ttp)',
  visitor: 'IP + user agent',
} as const

export interface EventTableProps {
  context: Context
  counts: readonly HourCount[]
  values: readonly HourValue[]
  /** Names of which an event came from the browser and from the server under one id. */
  paired: ReadonlySet<string>
  /** What is open, whichever event it is about. */
  issues: readonly Issue[]
  /** Now. */
  hour: number
}

export function EventTable({ context, counts, values, paired, issues, hour }: EventTableProps) {
  const { site } = context
  const sums = eventSums(counts)
  if (sums.length === 0) return <NoEvents context={context} />
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
            {sums.map(({ event, total, browser, server, failed, duplicates, lastHour }) => (
              <tr key={event}>
                <th scope="row">
                  <a href={to('/events', site, event === customName ? {} : { q: `event:${event}` })}>
                    {event === customName ? 'Names of your own' : event}
                  </a>
                </th>
                <td class="longer">{parametersOf(event, counts, values)}</td>
                <td class="long">
                  <Diagnostics
                    context={context}
                    event={event}
                    failed={failed}
                    issues={issues.filter(({ events = [] }) => events.includes(event))}
                  />
                </td>
                <td>
                  {hour - lastHour < week ? (
                    <Badge tone="good">Active</Badge>
                  ) : (
                    <Badge tone="off">No recent activity</Badge>
                  )}
                </td>
                <td>{methodOf(browser, server, paired.has(event))}</td>
                <td class="number">{total.toLocaleString('en-US')}</td>
                <td class="number">{duplicates.toLocaleString('en-US')}</td>
                <td>
                  <Time at={lastHour * hourMs} hour />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </ScrollArea>
    </section>
  )
}

interface DiagnosticsProps {
  context: Context
  event: string
  failed: number
  issues: readonly Issue[]
}

/** What failed, and what is open about the event. */
function Diagnostics({ context: { site }, event, failed, issues }: DiagnosticsProps) {
  if (failed === 0 && issues.length === 0) return <>None</>
  const name = event === customName ? '' : `event:${event} `
  return (
    <ul class="plain-list">
      {failed > 0 && (
        <li>
          <a href={to('/events', site, { q: `${name}status:failed` })}>{count(failed, 'failed', 'failed')}</a>
        </li>
      )}
      {issues.map(({ code }) => (
        <li key={code}>
          <a href={`${to('/diagnostics', site)}#${code}`}>{diagnosisOf(code).title}</a>
        </li>
      ))}
    </ul>
  )
}

/** A copy from the other side is a duplicate, and counted there. */
function methodOf(browser: number, server: number, paired: boolean): string {
  if (paired || (browser > 0 && server > 0)) return 'Server & browser'
  return browser === 0 ? 'Server only' : 'Browser only'
}

/** What at least one event of the name had. */
function parametersOf(name: string, counts: readonly HourCount[], values: readonly HourValue[]): string {
  const { keys } = coverage(counts.filter(({ event }) => event === name))
  const had = (Object.keys(keyLabels) as MatchKey[]).filter((key) => keys[key] > 0)
  const money = values.some(({ event }) => event === name) ? ['Value'] : []
  return [...money, ...had.map((key) => keyLabels[key].replace(/ \(.*/, ''))].join(', ')
}

const NoEvents = ({ context: { site } }: { context: Context }) => (
  <div class="empty">
    <p>
      <strong>No events yet</strong>
    </p>
    <p>Paste the snippet into your site, then load a page: the figures of the site appear here.</p>
    <p>
      <a class="button" href={to('/install', site)}>
        Install the snippet
      </a>
    </p>
  </div>
)
