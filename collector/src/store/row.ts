/** Converts an entry of the port to the row that a driver stores, and back. The same in both drivers. */
import type { HashedEvent, Source, Visitor } from '../event.js'
import { hasVisitor, keysOf, moneyOf } from './sql/rollup-rules.js'
import type { Entry } from './store.js'

/** What the driver receives for one entry. */
export interface Row {
  site: string
  event: string
  eventId: string
  eventTime: number
  receivedAt: number
  source: Source
  skipReason: string | null
  /** JSON of the parts of a HashedEvent that have no column; null for a skipped event. */
  body: string | null
  /** JSON of the visitor, before its encryption; null for an empty one. */
  visitor: string | null
  vendors: readonly string[]
  limitedDataUse: boolean
  /** Match keys of an accepted event, as `keysOf` joins them. */
  keys: string
  /** Its money, where it can be summed up. */
  value: number | null
  currency: string | null
  /** Subject keys of a person who withdraws consent with this event. */
  withdrawn?: readonly string[]
}

/** The row of an event, or `undefined` for a rejected one. */
export function toRow(entry: Entry): Row | undefined {
  if (entry.kind === 'rejected') return undefined
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
    limitedDataUse: false,
    keys: '',
    value: null,
    currency: null,
  }
  if (entry.kind === 'skipped') {
    row.skipReason = entry.event.reason
    if (entry.withdrawn?.length) row.withdrawn = entry.withdrawn
  } else {
    const { user, page, properties, limitedDataUse, privacyReason, testEventCode, visitor } = entry.event
    // The visitor itself is removed on delivery. The body still shows that there was one.
    const isVisitorKnown = hasVisitor(entry.event)
    row.body = JSON.stringify({
      user,
      page,
      properties,
      limitedDataUse,
      privacyReason,
      testEventCode,
      visitor: isVisitorKnown || undefined,
    })
    if (visitor.ip || visitor.userAgent) row.visitor = JSON.stringify(visitor)
    row.vendors = entry.vendors
    row.limitedDataUse = limitedDataUse
    row.keys = keysOf(user, isVisitorKnown)
    // A test earns nothing.
    const money = testEventCode ? undefined : moneyOf(entry.event)
    if (money) Object.assign(row, money)
  }
  return row
}

type StoredColumns = 'site' | 'event' | 'eventId' | 'eventTime' | 'receivedAt' | 'source' | 'body' | 'visitor'

/** The event of a row, as it was appended. */
export function fromRow(row: Pick<Row, StoredColumns>): HashedEvent {
  const { site, event, eventId, eventTime, receivedAt, source } = row
  // SQLite's checksum is no part of the event. PostgreSQL has it too in rows that were copied from SQLite.
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

/** Associated data of an encrypted visitor: it can be decrypted only in its own row. */
export const visitorAssociatedData = (row: { site: string; event: string; eventId: string }) =>
  `visitor\n${row.site}\n${row.event}\n${row.eventId}`
