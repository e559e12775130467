/** Reads what is shown of an event from its rows. The same in both databases. */
import type { HashedEvent } from '../../event.js'
import type { EventDetail, EventPage, EventQuery, ListedDelivery, ListedEvent } from '../reports.js'
import { fromRow } from '../row.js'
import type { Attempt } from '../store.js'
import type { QuerySteps } from './query-steps.js'
import { matchKeysOf } from './rollup-rules.js'
import { searchEvents } from './search.js'

/** Converts an instant of the database's clock to one of this process. */
export type FromDatabase = (ms: number) => number

type EventColumns = 'id' | 'site' | 'event' | 'eventId' | 'eventTime' | 'receivedAt'
type EventRow = Pick<ListedEvent, EventColumns> & {
  source: HashedEvent['source']
  skipReason: ListedEvent['skipReason'] | null
  paired: number
  /** JSON; null for a skipped event. */
  body: string | null
}
type DeliveryRow = Omit<ListedDelivery, 'reason'> & {
  event: number
  reason: string | null
  replayed: number
}
interface AttemptRow {
  at: number
  durationMs: number
  outcome: string
  ambiguous: number
  code: number | null
  message: string | null
  requestId: string | null
}

const attemptColumns = `at, duration_ms as "durationMs", outcome, ambiguous, code, message,
  request_id as "requestId"`

export function* listEvents(query: EventQuery, fromDatabase: FromDatabase): QuerySteps<EventPage> {
  const { ids, next } = yield* searchEvents(query)
  const rows = yield* readEvents(ids)
  const events = rows.map((row) => toListed(row, fromDatabase))
  return { events, ...(next !== undefined && { next }) }
}

export function* detailEvent(id: number, fromDatabase: FromDatabase): QuerySteps<EventDetail | undefined> {
  const [row] = yield* readEvents([id])
  if (!row) return undefined
  const attempts = yield* attemptsOf(id)
  const { visitor: _, ...stored } = fromRow({ ...row, visitor: null })
  return { ...toListed(row, fromDatabase), ...(row.body !== null && { stored }), attempts }
}

type EventWithDeliveries = EventRow & { deliveries: DeliveryRow[] }

/** In the order of the ids. */
function* readEvents(ids: readonly number[]): QuerySteps<EventWithDeliveries[]> {
  if (ids.length === 0) return []
  const list = ids.map(Number).join(', ')
  const events = (yield {
    sql: `select id, site, event, event_id as "eventId", event_time as "eventTime", received_at as "receivedAt",
      source, skip_reason as "skipReason", paired, body from events where id in (${list})`,
    values: [],
  }) as unknown as EventRow[]
  const deliveries = (yield {
    sql: `select event, vendor, state, due_at as "dueAt", attempts, reason, replayed
      from deliveries where event in (${list}) order by event, vendor`,
    values: [],
  }) as unknown as DeliveryRow[]
  const byId = new Map(
    events.map((row): [number, EventWithDeliveries] => [row.id, { ...row, deliveries: [] }]),
  )
  for (const delivery of deliveries) byId.get(delivery.event)?.deliveries.push(delivery)
  return ids.flatMap((id) => byId.get(id) ?? [])
}

function toListed(row: EventWithDeliveries, fromDatabase: FromDatabase): ListedEvent {
  const { body, skipReason, deliveries } = row
  const parts = body === null ? undefined : (JSON.parse(body) as HashedEvent & { visitor?: true })
  return {
    id: row.id,
    site: row.site,
    event: row.event,
    eventId: row.eventId,
    eventTime: row.eventTime,
    receivedAt: row.receivedAt,
    source: row.source,
    ...(skipReason && { skipReason }),
    deliveries: deliveries.map(({ vendor, state, dueAt, attempts, reason }) => ({
      vendor,
      state,
      dueAt: fromDatabase(dueAt),
      attempts,
      ...(reason !== null && { reason }),
    })),
    ...(parts && {
      ...moneyAsSent(parts),
      limitedDataUse: parts.limitedDataUse,
      privacyReason: parts.privacyReason,
      ...(parts.testEventCode && { test: true as const }),
    }),
    ...(row.paired === 1 && { paired: true }),
    ...(deliveries.some(({ replayed }) => replayed === 1) && { replayed: true }),
    keys: parts ? matchKeysOf(parts.user, parts.visitor === true) : [],
  }
}

/** Also money that cannot be summed up. */
function moneyAsSent({ properties: { value, currency } = {} }: HashedEvent): {
  value?: number
  currency?: string
} {
  return { ...(value !== undefined && { value }), ...(currency !== undefined && { currency }) }
}

/** The requests that the event was part of, oldest first. */
function* attemptsOf(id: number): QuerySteps<EventDetail['attempts']> {
  const rows = (yield {
    sql: `select ${attemptColumns}, vendor, event_count as "eventCount"
      from (
        select first_attempt as attempt from deliveries where event = $1 and first_attempt is not null
        union select attempt from attempt_events where event = $1) of_event
      join attempts on attempts.id = of_event.attempt order by at, id`,
    values: [id],
  }) as unknown as (AttemptRow & { vendor: string; eventCount: number })[]
  return rows.map((row) => ({ ...toAttempt(row), vendor: row.vendor, events: row.eventCount }))
}

export function* lastAttemptOf(site: string, vendor: string): QuerySteps<Attempt | undefined> {
  const [row] = (yield {
    sql: `select ${attemptColumns} from attempts where site = $1 and vendor = $2 order by at desc limit 1`,
    values: [site, vendor],
  }) as unknown as AttemptRow[]
  return row && toAttempt(row)
}

function toAttempt({ at, durationMs, outcome, ambiguous, code, message, requestId }: AttemptRow): Attempt {
  return {
    at,
    durationMs,
    outcome,
    ambiguous: ambiguous === 1,
    ...(code !== null && { code }),
    ...(message !== null && { message }),
    ...(requestId !== null && { requestId }),
  }
}
