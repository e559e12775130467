/** How an entry lies in a row, the same in both drivers. */
import type { SafeEvent, Visitor } from '../event.js'
import type { Entry } from './store.js'

/** What travels to the driver for one entry. */
export interface Row {
  site: string
  event: string
  eventId: string
  eventTime: number
  receivedAt: number
  source: string
  skipReason: string | null
  /** JSON of the parts of a SafeEvent that have no column; null for a skipped event. */
  body: string | null
  /** JSON of the visitor, to be sealed; null when there is nothing to seal. */
  visitor: string | null
  vendors: readonly string[]
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
  }
  if (entry.kind === 'skipped') {
    row.skipReason = entry.event.reason
    if (entry.withdrawn?.length) row.withdrawn = entry.withdrawn
  } else {
    const { user, page, properties, limitedDataUse, privacyReason, visitor } = entry.event
    row.body = JSON.stringify({ user, page, properties, limitedDataUse, privacyReason })
    if (visitor.ip || visitor.userAgent) row.visitor = JSON.stringify(visitor)
    row.vendors = entry.vendors
  }
  return row
}

/** The event of a row, as it was appended. */
export function fromRow(row: Omit<Row, 'skipReason' | 'vendors' | 'withdrawn'>): SafeEvent {
  const { site, event, eventId, eventTime, receivedAt, source } = row
  return {
    site,
    event,
    eventId,
    eventTime,
    receivedAt,
    source,
    ...JSON.parse(row.body ?? '{}'),
    visitor: row.visitor === null ? {} : (JSON.parse(row.visitor) as Visitor),
  } as SafeEvent
}

/** What a sealed visitor is bound to: its record opens only in its own row. */
export const boundTo = (row: { site: string; event: string; eventId: string }) =>
  `visitor\n${row.site}\n${row.event}\n${row.eventId}`
