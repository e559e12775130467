/** What is shown of an event, from its rows: the same in both databases. */
import type { HashedEvent } from '../../event.js'
import type { EventDetail, EventPage, EventQuery, ListedEvent } from '../reports.js'
import { fromRow, type Row } from '../row.js'
import type { Attempt, StoredEvent } from '../store.js'
import type { QuerySteps } from './query-steps.js'
import { keysOf } from './rollup-batch.js'
import { searchEvents } from './search.js'

/** An instant of the database's clock, in ours. */
export type FromDatabase = (ms: number) => number

/** Attempts that are looked at, from an event's arrival on and from its end back. */
const lookAttempts = 2_000

type EventRow = Omit<Row, 'skipReason' | 'visitor' | 'vendors'> & {
  id: number
  skipReason: StoredEvent['skipReason'] | null
  paired: number
}
type DeliveryRow = Omit<StoredEvent['deliveries'][number], 'reason'> & {
  event: number
  reason: string | null
  settledAt: number | null
  replayed: number
}
interface AttemptRow {
  id: number
  at: number
  durationMs: number
  outcome: string
  ambiguous: number
  code: number | null
  message: string | null
  requestId: string | null
  vendor: string
  events: string
}

const attemptColumns = `id, at, duration_ms as "durationMs", outcome, ambiguous, code, message,
  request_id as "requestId", vendor, events`

export function* listEvents(query: EventQuery, fromDatabase: FromDatabase): QuerySteps<EventPage> {
  const { ids, next } = yield* searchEvents(query)
  const rows = yield* readEvents(ids)
  const events = rows.map((row) => listed(row, fromDatabase))
  return { events, ...(next !== undefined && { next }) }
}

export function* detailEvent(id: number, fromDatabase: FromDatabase): QuerySteps<EventDetail | undefined> {
  const [row] = yield* readEvents([id])
  if (!row) return undefined
  const attempts: EventDetail['attempts'] = []
  for (const delivery of row.deliveries) attempts.push(...(yield* attemptsOf(row, delivery)))
  attempts.sort((a, b) => a.at - b.at)
  const { visitor: _, ...stored } = fromRow({ ...row, visitor: null })
  return { ...listed(row, fromDatabase), ...(row.body !== null && { stored }), attempts }
}

type Whole = EventRow & { deliveries: DeliveryRow[] }

/** In the order of the ids. */
function* readEvents(ids: readonly number[]): QuerySteps<Whole[]> {
  if (ids.length === 0) return []
  const list = ids.map(Number).join(', ')
  const events = (yield {
    sql: `select id, site, event, event_id as "eventId", event_time as "eventTime", received_at as "receivedAt",
      source, skip_reason as "skipReason", paired, body from events where id in (${list})`,
    values: [],
  }) as unknown as EventRow[]
  const deliveries = (yield {
    sql: `select event, vendor, state, due_at as "dueAt", attempts, reason, settled_at as "settledAt", replayed
      from deliveries where event in (${list}) order by event, vendor`,
    values: [],
  }) as unknown as DeliveryRow[]
  const byId = new Map(events.map((row): [number, Whole] => [row.id, { ...row, deliveries: [] }]))
  for (const delivery of deliveries) byId.get(delivery.event)?.deliveries.push(delivery)
  return ids.flatMap((id) => byId.get(id) ?? [])
}

function listed({ body, skipReason, deliveries, ...event }: Whole, fromDatabase: FromDatabase): ListedEvent {
  const safe = body === null ? undefined : (JSON.parse(body) as HashedEvent & { visitor?: true })
  return {
    id: event.id,
    site: event.site,
    event: event.event,
    eventId: event.eventId,
    eventTime: event.eventTime,
    receivedAt: event.receivedAt,
    source: event.source,
    ...(skipReason && { skipReason }),
    deliveries: deliveries.map(({ vendor, state, dueAt, attempts, reason }) => ({
      vendor,
      state,
      dueAt: fromDatabase(dueAt),
      attempts,
      ...(reason !== null && { reason }),
    })),
    ...(safe && {
      ...money(safe),
      limitedDataUse: safe.limitedDataUse,
      privacyReason: safe.privacyReason,
    }),
    ...(event.paired === 1 && { paired: true }),
    ...(deliveries.some(({ replayed }) => replayed === 1) && { replayed: true }),
    keys: safe ? keysOf(safe.user, safe.visitor === true) : [],
  }
}

/** As it was sent, whether it can be summed up or not. */
function money({ properties: { value, currency } = {} }: HashedEvent): { value?: number; currency?: string } {
  return { ...(value !== undefined && { value }), ...(currency !== undefined && { currency }) }
}

/** The requests that the event was part of, found along the connection's log within the event's lifetime. */
function* attemptsOf(
  event: Whole,
  { vendor, attempts, settledAt }: DeliveryRow,
): QuerySteps<EventDetail['attempts']> {
  if (attempts === 0) return []
  const place = { site: event.site, vendor, id: event.id, limit: attempts }
  const from = event.receivedAt
  const until = settledAt ?? Number.MAX_SAFE_INTEGER
  const found = yield* attemptsBetween({ ...place, from, until, order: 'asc' })
  if (found.length < attempts)
    for (const row of yield* attemptsBetween({ ...place, from, until, order: 'desc' }))
      if (!found.some(({ id }) => id === row.id)) found.push(row)
  return found.map((row) => ({
    ...readAttempt(row),
    vendor,
    events: (JSON.parse(row.events) as unknown[]).length,
  }))
}

function* attemptsBetween(which: {
  site: string
  vendor: string
  id: number
  limit: number
  from: number
  until: number
  order: 'asc' | 'desc'
}): QuerySteps<AttemptRow[]> {
  const { site, vendor, id, limit, from, until, order } = which
  // The list as `,1,2,3,`, whichever database has written it.
  const list = `replace(replace(replace(events, '[', ','), ']', ','), ' ', '')`
  return (yield {
    sql: `select * from (
        select ${attemptColumns} from attempts where site = $1 and vendor = $2 and at between $3 and $4
        order by at ${order} limit ${lookAttempts}) page
      where instr(${list}, $5) > 0 limit ${limit}`,
    values: [site, vendor, from, until, `,${id},`],
  }) as unknown as AttemptRow[]
}

export function* lastAttemptOf(site: string, vendor: string): QuerySteps<Attempt | undefined> {
  const [row] = (yield {
    sql: `select ${attemptColumns} from attempts where site = $1 and vendor = $2 order by at desc limit 1`,
    values: [site, vendor],
  }) as unknown as AttemptRow[]
  return row && readAttempt(row)
}

function readAttempt({ at, durationMs, outcome, ambiguous, code, message, requestId }: AttemptRow): Attempt {
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
