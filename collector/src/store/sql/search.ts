/**
 * Finds events without reading a whole table, the same in both databases. A search scans indexes in the order of
 * arrival, reads a bounded number of rows, and returns the id to go on from.
 */
import type { EventState } from '../../event.js'
import type { EventQuery } from '../reports.js'
import { type AddParameter, parametersOf, type QuerySteps, type Statement } from './query-steps.js'

export interface FoundIds {
  ids: number[]
  /** The id to go on from; absent at the end. */
  next?: number
}

/** Rows that one call reads. */
const maxRows = 10_000
/** Names or sites that are scanned side by side. With more of them all events are scanned. */
const maxSiteEvents = 32

/** Ends a subquery that finds one row by its key. It keeps PostgreSQL from turning it into a join with the whole table. */
const oneRow = 'limit 1 offset 0'

/** A range of an index, in the order of arrival. */
interface Scan {
  table: 'events' | 'deliveries'
  where: (parameter: AddParameter) => string
  /** All of its rows are in this state. */
  state?: EventState
  /** The index has another order: rows are found first and sorted afterwards. */
  unsorted?: true
}

type SiteEvent = [site: string, event: string]

export function* searchEvents(query: EventQuery): QuerySteps<FoundIds> {
  if (query.eventId !== undefined) {
    const siteEvents = yield* siteEventsOf(query)
    if (siteEvents) return yield* findByKey(query, query.eventId, siteEvents)
  }
  return yield* scanAll(yield* scansFor(query), query)
}

function* scansFor(query: EventQuery): QuerySteps<Scan[]> {
  const { state, reason } = query
  if (state === 'failed') return [scanDeliveries('failed')]
  if (state === 'skipped' || reason !== undefined)
    return [scanDeliveries('skipped'), { ...scanEvents(() => 'skip_reason is not null'), state: 'skipped' }]
  if (state === 'pending') {
    const pending = yield* scanPending(query)
    if (pending) return [pending]
  }
  const siteEvents = yield* siteEventsOf(query)
  if (!siteEvents) return [scanEvents(() => 'true')]
  return siteEvents.map(([site, event]) =>
    scanEvents((parameter) => `site = ${parameter(site)} and event = ${parameter(event)}`),
  )
}

const scanEvents = (where: Scan['where']): Scan => ({ table: 'events', where })

/** The state is part of the SQL: a database uses a partial index only where it sees the index's own condition. */
const scanDeliveries = (state: 'failed' | 'skipped' | 'pending', site?: string): Scan => ({
  table: 'deliveries',
  where: (parameter) => `state = '${state}'${site === undefined ? '' : ` and site = ${parameter(site)}`}`,
  state,
})

/** The pending deliveries, where they are few. Where they are many the newest events are mostly pending anyway. */
function* scanPending({ site }: EventQuery): QuerySteps<Scan | undefined> {
  const pending = scanDeliveries('pending', site)
  const values: Statement['values'] = []
  const where = pending.where(parametersOf(values))
  const [row] = yield {
    sql: `select count(*) as count from (select 1 from deliveries where ${where} limit ${maxRows + 1}) pending`,
    values,
  }
  return Number(row?.count) > maxRows ? undefined : { ...pending, unsorted: true }
}

/** Sites and names that the wanted events can have; `undefined` where they are too many, or all there are. */
function* siteEventsOf({ site, event, eventId }: EventQuery): QuerySteps<SiteEvent[] | undefined> {
  if (site !== undefined && event !== undefined) return [[site, event]]
  if (site === undefined && event === undefined && eventId === undefined) return undefined
  const sites = yield* distinctValues('site')
  const isOnlySite = eventId === undefined && event === undefined && sites.length === 1 && sites[0] === site
  if (isOnlySite || (site === undefined && sites.length > maxSiteEvents)) return undefined
  const siteEvents: SiteEvent[] = []
  for (const ofSite of site === undefined ? sites : [site]) {
    const names = event === undefined ? yield* distinctValues('event', ofSite) : [event]
    siteEvents.push(...names.map((name): SiteEvent => [ofSite, name]))
    if (siteEvents.length > maxSiteEvents) return undefined
  }
  return siteEvents
}

/** Jumps along the index from one value to the next. */
function* distinctValues(column: 'site' | 'event', site?: string): QuerySteps<string[]> {
  const ofSite = site === undefined ? '' : 'site = $1 and'
  const rows = yield {
    sql: `
      with recursive known(name) as (
        select (select min(${column}) from events where ${ofSite} true)
        union all
        select (select min(${column}) from events where ${ofSite} ${column} > known.name) from known
        where known.name is not null
      )
      select name from known where name is not null limit ${maxSiteEvents + 1}`,
    values: site === undefined ? [] : [site],
  }
  return rows.map(({ name }) => String(name))
}

/** Uses the unique key of events. */
function* findByKey(query: EventQuery, eventId: string, siteEvents: SiteEvent[]): QuerySteps<FoundIds> {
  if (siteEvents.length === 0) return { ids: [] }
  const values: Statement['values'] = []
  const parameter = parametersOf(values)
  const keys = siteEvents.map(
    ([site, event]) => `(${parameter(site)}, ${parameter(event)}, ${parameter(eventId)})`,
  )
  const page = `(select * from events where (site, event, event_id) in (values ${keys.join(', ')})) page`
  const filters = [...filtersOf(query, 'page', parameter), ...boundsOf(query, 'id', parameter)].join(' and ')
  const rows = yield { sql: `select id from ${page} where ${filters}`, values }
  const ids = rows.map(({ id }) => Number(id)).sort(orderOf(query))
  return mergePages([{ ids }], query)
}

/** Runs all scans side by side, in one statement. Then reads where each scan stopped that found less than a page. */
function* scanAll(scans: readonly Scan[], query: EventQuery): QuerySteps<FoundIds> {
  if (scans.length === 0) return { ids: [] }
  const rowsEach = Math.floor(maxRows / scans.length)
  const found = yield combine(scans, (scan, index, parameter) =>
    selectMatching(scan, index, query, rowsEach, parameter),
  )
  const pages = scans.map((_, scan) => ({
    scan,
    ids: found.filter((row) => row.scan === scan).map(({ id }) => Number(id)),
  }))
  const short = pages.filter(({ ids }) => ids.length < query.limit)
  const full = pages
    .filter(({ ids }) => ids.length >= query.limit)
    .map(({ ids }) => ({ ids, end: ids.at(-1) as number }))
  if (short.length === 0) return mergePages(full, query)
  const last = query.after === undefined ? 'min' : 'max'
  const ends = yield combine(
    short.map(({ scan }) => scans[scan] as Scan),
    (scan, index, parameter) =>
      `select ${index} as scan, ${last}(id) as last, count(*) as count
       from (${selectScanned(scan, query, rowsEach, parameter)}) page`,
  )
  const ended = short.map(({ ids }, index) => {
    const end = ends.find(({ scan }) => scan === index)
    return end && Number(end.count) >= rowsEach ? { ids, end: Number(end.last) } : { ids }
  })
  return mergePages([...full, ...ended], query)
}

function combine(
  scans: readonly Scan[],
  select: (scan: Scan, index: number, parameter: AddParameter) => string,
): Statement {
  const values: Statement['values'] = []
  const parameter = parametersOf(values)
  const parts = scans.map((scan, index) => `select * from (${select(scan, index, parameter)}) part${index}`)
  return { sql: parts.join('\nunion all\n'), values }
}

/** Those of the scanned rows that match the query. */
function selectMatching(
  scan: Scan,
  index: number,
  query: EventQuery,
  rows: number,
  parameter: AddParameter,
): string {
  const isOfEvents = scan.table === 'events'
  const filters = filtersOf(query, isOfEvents ? 'page' : 'own', parameter, scan.state)
  const matching =
    isOfEvents || filters.length === 0
      ? filters
      : [`exists (select 1 from events own where own.id = page.id and ${filters.join(' and ')} ${oneRow})`]
  const where = matching.length > 0 ? `where ${matching.join(' and ')}` : ''
  const page = selectScanned(scan, query, rows, parameter)
  return `select ${index} as scan, id from (${page}) page ${where} limit ${query.limit}`
}

/** The rows that a scan reads, in its order. */
function selectScanned(
  { table, where, unsorted }: Scan,
  query: EventQuery,
  rows: number,
  parameter: AddParameter,
): string {
  const key = table === 'events' ? 'id' : 'event'
  const columns =
    table === 'events'
      ? 'id, site, event, event_id, source, skip_reason, paired, limited_data_use'
      : 'event as id'
  const inScan = where(parameter)
  const bounds = boundsOf(query, key, parameter)
  // A limit of its own keeps the database from scanning all deliveries in the order of their events instead.
  const from = unsorted ? `(select event from ${table} where ${inScan} limit ${maxRows + 1}) found` : table
  const conditions = [unsorted ? 'true' : inScan, ...bounds].join(' and ')
  const direction = query.after === undefined ? 'desc' : 'asc'
  return `select ${columns} from ${from} where ${conditions} order by ${key} ${direction} limit ${rows}`
}

const boundsOf = ({ before, after }: EventQuery, key: string, parameter: AddParameter): string[] => [
  ...(before === undefined ? [] : [`${key} < ${parameter(before)}`]),
  ...(after === undefined ? [] : [`${key} > ${parameter(after)}`]),
]

/**
 * Conditions of the query on a row of events.
 * @param row alias of the row
 * @param known the state that all of these rows have
 */
function filtersOf(query: EventQuery, row: string, parameter: AddParameter, known?: EventState): string[] {
  const { site, event, eventId, state, reason, source, ldu, paired } = query
  const anyDelivery = (where: string) =>
    `exists (select 1 from deliveries where deliveries.event = page.id and ${where} ${oneRow})`
  const filters: string[] = []
  if (site !== undefined) filters.push(`${row}.site = ${parameter(site)}`)
  if (event !== undefined) filters.push(`${row}.event = ${parameter(event)}`)
  if (eventId !== undefined) filters.push(`${row}.event_id = ${parameter(eventId)}`)
  if (source !== undefined) filters.push(`${row}.source = ${parameter(source)}`)
  if (paired !== undefined) filters.push(`${row}.paired = ${paired ? 1 : 0}`)
  if (ldu === true) filters.push(`${row}.limited_data_use = 1`)
  // A skipped event has no decision about Limited Data Use.
  if (ldu === false) filters.push(`${row}.limited_data_use = 0 and ${row}.skip_reason is null`)
  if (reason !== undefined) {
    const delivery = anyDelivery(`state = 'skipped' and reason = ${parameter(reason)}`)
    filters.push(`(${row}.skip_reason = ${parameter(reason)} or ${delivery})`)
  }
  if (state !== undefined && state !== known) {
    const delivery = anyDelivery(`state = ${parameter(state)}`)
    filters.push(state === 'skipped' ? `(${row}.skip_reason is not null or ${delivery})` : delivery)
  }
  return filters
}

const orderOf =
  ({ after }: EventQuery) =>
  (a: number, b: number) =>
    after === undefined ? b - a : a - b

/** Merges the pages of the scans. Behind the nearest end of a scan the merged page would have gaps, so it ends there. */
function mergePages(pages: readonly { ids: number[]; end?: number }[], query: EventQuery): FoundIds {
  const compare = orderOf(query)
  const [nearestEnd] = pages.flatMap(({ end }) => end ?? []).sort(compare)
  const all = [...new Set(pages.flatMap(({ ids }) => ids))].sort(compare)
  const complete = nearestEnd === undefined ? all : all.filter((id) => compare(id, nearestEnd) <= 0)
  const ids = complete.slice(0, query.limit)
  const next = complete.length > query.limit ? ids.at(-1) : nearestEnd
  return { ids, ...(next !== undefined && { next }) }
}
