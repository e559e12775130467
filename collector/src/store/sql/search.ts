/**
 * How events are found without ever reading a table whole, the same in both databases: each search walks along
 * indexes in the order of arrival, looks at a bounded number of rows, and tells where to go on.
 */
import type { EventState } from '../../event.js'
import type { EventQuery } from '../reports.js'
import type { QuerySteps, Statement } from './query-steps.js'

export interface FoundIds {
  ids: number[]
  next?: number
}

/** Rows that one call looks at. */
const lookRows = 10_000
/** Names or sites whose events are walked side by side; of more than that all events are walked. */
const mostNames = 32

/** A walk along an index. */
interface Walk {
  table: 'events' | 'deliveries'
  where: Statement
  /** All of its rows have it. */
  state?: EventState
  /** They do not lie in the order of arrival: found first, sorted then. */
  unsorted?: true
}

export function* searchEvents(query: EventQuery): QuerySteps<FoundIds> {
  if (query.eventId !== undefined) {
    const pairs = yield* pairsOf(query)
    if (pairs) return yield* lookUp(query, pairs)
  }
  return yield* walkAll(yield* walksFor(query), query)
}

function* walksFor(query: EventQuery): QuerySteps<Walk[]> {
  const { state, reason } = query
  if (state === 'failed') return [ofDeliveries('failed')]
  if (state === 'skipped' || reason !== undefined)
    return [ofDeliveries('skipped'), { ...ofEvents('skip_reason is not null'), state: 'skipped' }]
  if (state === 'pending') {
    const waiting = yield* fewPending(query)
    if (waiting) return [waiting]
  }
  const pairs = yield* pairsOf(query)
  return pairs
    ? pairs.map(([site, event]) => ofEvents('site = $1 and event = $2', [site, event]))
    : [ofEvents('true')]
}

const ofEvents = (sql: string, values: Statement['values'] = []): Walk => ({
  table: 'events',
  where: { sql, values },
})

/** The state stands in the statement itself: a database uses the index of a part only where it sees the part. */
const ofDeliveries = (state: 'failed' | 'skipped' | 'pending', site?: string): Walk => ({
  table: 'deliveries',
  where:
    site === undefined
      ? { sql: `state = '${state}'`, values: [] }
      : { sql: `state = '${state}' and site = $1`, values: [site] },
  state,
})

/** What waits, where that is little; of more than that the newest events are full. */
function* fewPending({ site }: EventQuery): QuerySteps<Walk | undefined> {
  const waiting = ofDeliveries('pending', site)
  const { sql, values } = waiting.where
  const [row] = yield {
    sql: `select count(*) as count from (select 1 from deliveries where ${sql} limit ${lookRows + 1}) waiting`,
    values,
  }
  return Number(row?.count) > lookRows ? undefined : { ...waiting, unsorted: true }
}

/** Sites and names that the events asked for can have; `undefined` where that is too many, or all there are. */
function* pairsOf({ site, event, eventId }: EventQuery): QuerySteps<[string, string][] | undefined> {
  if (site !== undefined && event !== undefined) return [[site, event]]
  if (site === undefined && event === undefined && eventId === undefined) return undefined
  const sites = yield* distinct('site')
  const all = eventId === undefined && event === undefined && sites.length === 1 && sites[0] === site
  if (all || (site === undefined && sites.length > mostNames)) return undefined
  const pairs: [string, string][] = []
  for (const one of site === undefined ? sites : [site]) {
    const names = event === undefined ? yield* distinct('event', one) : [event]
    pairs.push(...names.map((name): [string, string] => [one, name]))
    if (pairs.length > mostNames) return undefined
  }
  return pairs
}

/** Jumps along the index from one value to the next. */
function* distinct(column: 'site' | 'event', site?: string): QuerySteps<string[]> {
  const of = site === undefined ? '' : 'site = $1 and'
  const rows = yield {
    sql: `
      with recursive known(name) as (
        select (select min(${column}) from events where ${of} true)
        union all
        select (select min(${column}) from events where ${of} ${column} > known.name) from known
        where known.name is not null
      )
      select name from known where name is not null limit ${mostNames + 1}`,
    values: site === undefined ? [] : [site],
  }
  return rows.map(({ name }) => String(name))
}

/** By the key that makes an event unique. */
function* lookUp(query: EventQuery, pairs: [string, string][]): QuerySteps<FoundIds> {
  if (pairs.length === 0) return { ids: [] }
  const values: Statement['values'] = []
  const place = places(values)
  const keys = pairs.map(
    ([site, event]) => `(${place(site)}, ${place(event)}, ${place(query.eventId as string)})`,
  )
  const page = `(select * from events where (site, event, event_id) in (values ${keys.join(', ')})) page`
  const filters = [...filtersOf(query, 'page', place), ...bounds(query, 'id', place)].join(' and ')
  const rows = yield { sql: `select id from ${page} where ${filters}`, values }
  const ids = rows.map(({ id }) => Number(id)).sort(order(query))
  return pageOf([{ ids }], query)
}

/** All walks side by side, in one statement; then those that found little are asked how far they got. */
function* walkAll(walks: readonly Walk[], query: EventQuery): QuerySteps<FoundIds> {
  if (walks.length === 0) return { ids: [] }
  const budget = Math.floor(lookRows / walks.length)
  const found = yield combine(walks, (walk, index, place) => {
    const filters = filtersOf(query, walk.table === 'events' ? 'page' : 'own', place, walk.state)
    const kept =
      walk.table === 'events' || filters.length === 0
        ? filters
        : [
            `exists (select 1 from events own where own.id = page.id and ${filters.join(' and ')} limit 1 offset 0)`,
          ]
    const where = kept.length > 0 ? `where ${kept.join(' and ')}` : ''
    const page = pageOfWalk(walk, query, budget, place)
    return `select ${index} as walk, id from (${page}) page ${where} limit ${query.limit}`
  })
  const steps = walks.map((_, walk) => ({
    walk,
    ids: found.filter((row) => row.walk === walk).map(({ id }) => Number(id)),
  }))
  const short = steps.filter(({ ids }) => ids.length < query.limit)
  const full = steps
    .filter(({ ids }) => ids.length >= query.limit)
    .map(({ ids }) => ({ ids, end: ids.at(-1) as number }))
  if (short.length === 0) return pageOf(full, query)
  const last = query.after === undefined ? 'min' : 'max'
  const ends = yield combine(
    short.map(({ walk }) => walks[walk] as Walk),
    (walk, index, place) =>
      `select ${index} as walk, ${last}(id) as last, count(*) as count
       from (${pageOfWalk(walk, query, budget, place)}) page`,
  )
  const looked = short.map(({ ids }, index) => {
    const end = ends.find(({ walk }) => walk === index)
    return end && Number(end.count) >= budget ? { ids, end: Number(end.last) } : { ids }
  })
  return pageOf([...full, ...looked], query)
}

type Place = (value: string | number) => string

const places =
  (values: Statement['values']): Place =>
  (value) =>
    `$${values.push(value)}`

function combine(
  walks: readonly Walk[],
  select: (walk: Walk, index: number, place: Place) => string,
): Statement {
  const values: Statement['values'] = []
  const parts = walks.map(
    (walk, index) => `select * from (${select(walk, index, places(values))}) part${index}`,
  )
  return { sql: parts.join('\nunion all\n'), values }
}

/** The rows that a walk looks at, in its order. */
function pageOfWalk(
  { table, where, unsorted }: Walk,
  query: EventQuery,
  budget: number,
  place: Place,
): string {
  const key = table === 'events' ? 'id' : 'event'
  const body = query.ldu === undefined ? '' : ', body'
  const columns =
    table === 'events' ? `id, site, event, event_id, source, skip_reason, paired${body}` : 'event as id'
  const own = where.sql.replace(/\$(\d+)/g, (_, at) => place(where.values[Number(at) - 1] as string))
  const range = bounds(query, key, place)
  // Behind a limit of its own, so that it is not looked for along all deliveries in the order of their events.
  const from = unsorted ? `(select event from ${table} where ${own} limit ${lookRows + 1}) found` : table
  const conditions = [unsorted ? 'true' : own, ...range].join(' and ')
  const direction = query.after === undefined ? 'desc' : 'asc'
  return `select ${columns} from ${from} where ${conditions} order by ${key} ${direction} limit ${budget}`
}

const bounds = ({ before, after }: EventQuery, key: string, place: Place): string[] => [
  ...(before === undefined ? [] : [`${key} < ${place(before)}`]),
  ...(after === undefined ? [] : [`${key} > ${place(after)}`]),
]

/** As it stands in a body: a text inside would have its quotation marks escaped. */
const flagged = (own: string) => `instr(${own}.body, '"limitedDataUse":true,"privacyReason":')`

// `limit 1 offset 0` keeps PostgreSQL from turning the look at a key into a join with the whole table.
function filtersOf(query: EventQuery, own: string, place: Place, known?: EventState): string[] {
  const { site, event, eventId, state, reason, source, ldu, paired } = query
  const anyDelivery = (where: string) =>
    `exists (select 1 from deliveries where deliveries.event = page.id and ${where} limit 1 offset 0)`
  const filters: string[] = []
  if (site !== undefined) filters.push(`${own}.site = ${place(site)}`)
  if (event !== undefined) filters.push(`${own}.event = ${place(event)}`)
  if (eventId !== undefined) filters.push(`${own}.event_id = ${place(eventId)}`)
  if (source !== undefined) filters.push(`${own}.source = ${place(source)}`)
  if (paired !== undefined) filters.push(`${own}.paired = ${paired ? 1 : 0}`)
  if (ldu === true) filters.push(`${flagged(own)} > 0`)
  if (ldu === false) filters.push(`${flagged(own)} = 0`)
  if (reason !== undefined) {
    const delivery = anyDelivery(`state = 'skipped' and reason = ${place(reason)}`)
    filters.push(`(${own}.skip_reason = ${place(reason)} or ${delivery})`)
  }
  if (state !== undefined && state !== known) {
    const delivery = anyDelivery(`state = ${place(state)}`)
    filters.push(state === 'skipped' ? `(${own}.skip_reason is not null or ${delivery})` : delivery)
  }
  return filters
}

const order =
  ({ after }: EventQuery) =>
  (a: number, b: number) =>
    after === undefined ? b - a : a - b

/** Only up to where each walk has looked is the page whole. */
function pageOf(steps: readonly { ids: number[]; end?: number }[], query: EventQuery): FoundIds {
  const compare = order(query)
  const [nearest] = steps.flatMap(({ end }) => end ?? []).sort(compare)
  const all = [...new Set(steps.flatMap(({ ids }) => ids))].sort(compare)
  const sure = nearest === undefined ? all : all.filter((id) => compare(id, nearest) <= 0)
  const ids = sure.slice(0, query.limit)
  const next = sure.length > query.limit ? ids.at(-1) : nearest
  return { ids, ...(next !== undefined && { next }) }
}
