/** How an entry lies in a row, the same in both drivers. */
import type { HashedEvent, Source, Visitor } from '../event.js'
import { flagsOf, hasVisitor, moneyOf } from './sql/rollup-batch.js'
import type { Entry } from './store.js'

/** What travels to the driver for one entry. */
export interface Row {
  site: string
  event: string
  eventId: string
  eventTime: number
  receivedAt: number
  source: Source
  skipReason: string | null
  /** JSON of the parts of a SafeEvent that have no column; null for a skipped event. */
  body: string | null
  /** JSON of the visitor, to be sealed; null when there is nothing to seal. */
  visitor: string | null
  vendors: readonly string[]
  /** Bits of `markColumns`: what of an accepted event is counted. */
  marks: number
  /** Its money, where it can be summed up. */
  value: number | null
  currency: string | null
  /** Keys of a person who has taken back their consent with this event. */
  withdrawn?: readonly string[]
}

/** The row of an event, or `undefined` for an entry that is only counted. */
export function toRow(entry: Entry): Row | undefined {
  if (entry.kind === 'counted') return undefined
  const { site, event, eventId, eventTime, receivedAt, source } = entry.event
  const row: Row = {
    site,
    event,
    eventId,
    eventTime,
    receivedAt,
    source,
    skipReason: null,
    body: null,
    visitor: null,
    vendors: [],
    marks: 0,
    value: null,
    currency: null,
  }
  if (entry.kind === 'skipped') {
    row.skipReason = entry.event.reason
    if (entry.withdrawn?.length) row.withdrawn = entry.withdrawn
  } else {
    const { user, page, properties, limitedDataUse, privacyReason, visitor } = entry.event
    // The visitor itself leaves on delivery; that there was one may be shown.
    const known = hasVisitor(entry.event) || undefined
    row.body = JSON.stringify({ user, page, properties, limitedDataUse, privacyReason, visitor: known })
    if (visitor.ip || visitor.userAgent) row.visitor = JSON.stringify(visitor)
    row.vendors = entry.vendors
    row.marks = flagsOf(entry.event)
    const money = moneyOf(entry.event)
    if (money) Object.assign(row, money)
  }
  return row
}

type Told = 'site' | 'event' | 'eventId' | 'eventTime' | 'receivedAt' | 'source' | 'body' | 'visitor'

/** The event of a row, as it was appended. */
export function fromRow(row: Pick<Row, Told>): HashedEvent {
  const { site, event, eventId, eventTime, receivedAt, source } = row
  // The sum is for SQLite to check, and may have come along from there.
  const { sum: _, ...parts } = JSON.parse(row.body ?? '{}')
  return {
    site,
    event,
    eventId,
    eventTime,
    receivedAt,
    source,
    ...parts,
    visitor: row.visitor === null ? {} : (JSON.parse(row.visitor) as Visitor),
  } as HashedEvent
}

/** What a sealed visitor is bound to: its record opens only in its own row. */
export const associatedData = (row: { site: string; event: string; eventId: string }) =>
  `visitor\n${row.site}\n${row.event}\n${row.eventId}`
