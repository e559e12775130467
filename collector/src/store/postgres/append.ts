/** Stores events: one statement for a whole group of requests. */
import type { Commit, RejectedEntry } from '../group-commit.js'
import { type Row, visitorAssociatedData } from '../row.js'
import { maxRejectedSamples } from '../sql/rejected-samples.js'
import { splitKeys } from '../sql/rollup-rules.js'
import type { Verdict } from '../store.js'
import type { Context } from './context.js'
import { countAppended, keyColumns } from './counts.js'
import { isDataError } from './errors.js'

// An accepted event replaces a skipped one. Where an accepted event of the other source is stored, the new one is a
// duplicate: it only marks the stored event as paired.
const replaceSkipped = (column: string) =>
  `${column} = case when events.skip_reason is null then events.${column} else excluded.${column} end`

// Ids in the order of arrival, rows in the order of their keys: two groups with the same events in different orders
// would otherwise wait for each other.
const keySetRows = 'unnest($22::int[], $23::text[]) as key_sets (key_set, key)'
const counts = countAppended('counted', keySetRows, '$19')
const insertRows = `
with given as (
  select nextval('events_id_seq') as id, given.* from unnest(
    $1::text[], $2::text[], $3::text[], $4::bigint[], $5::bigint[], $6::text[], $7::text[],
    string_to_array($8, E'\\x1e', ''), $9::bytea[], $16::int[], $17::float8[], $18::text[], $20::boolean[],
    $21::int[])
  with ordinality as given (site, event, event_id, event_time, received_at, source, skip_reason, body, sealed, key_set,
    value, currency, repeats, limited_data_use, at)
), stored as (
  insert into events (id, site, event, event_id, event_time, received_at, source, skip_reason, body, limited_data_use)
  select id, site, event, event_id, event_time, received_at, source, skip_reason, body, limited_data_use from given
  where not repeats order by site collate "C", event collate "C", event_id collate "C"
  on conflict (site, event, event_id) do update set
    ${['event_time', 'received_at', 'source', 'body', 'limited_data_use'].map(replaceSkipped).join(', ')},
    skip_reason = null, paired = (events.skip_reason is null)::integer
  where excluded.skip_reason is null
    and (events.skip_reason is not null or (events.source <> excluded.source and events.paired = 0))
  returning id, site, event, event_id, paired
), inserted as (
  select stored.id as row, given.* from stored join given using (site, event, event_id)
  where paired = 0 and not repeats
), sealed as (
  insert into visitors (event, sealed) select row, sealed from inserted where sealed is not null
), queued as (
  insert into deliveries (event, vendor, site, due_at)
  select row, vendor, site, received_at + $10 from inserted
  join unnest($11::bigint[], $12::text[]) as sends (at, vendor) using (at)
), withdrawn as (
  insert into withdrawals (site, person, at)
  select site, person, max(at) from unnest($13::text[], $14::text[], $15::bigint[]) as withdrawn (site, person, at)
  group by 1, 2 order by 1, 2
  on conflict (site, person) do update set at = greatest(withdrawals.at, excluded.at)
), counted as materialized (
  select given.site, ${keyColumns('given')}, given.source, given.limited_data_use, given.key_set, given.value, given.currency,
    inserted.at is not null as stored, inserted.at is not null and given.skip_reason is null as accepted
  from given left join inserted on inserted.at = given.at
), hours_counted as (${counts.hours}
), values_counted as (${counts.values}
)
select at from inserted`

const insertSamples = `
insert into rejected_samples (at, reason, site, event) select at, reason, site, event from (
  select *, row_number() over (partition by reason order by number desc) as age
  from unnest($1::bigint[], $2::text[], $3::text[], $4::text[]) with ordinality
    as given (at, reason, site, event, number)) aged
where age <= $5 order by number`

const trimSamples = `
delete from rejected_samples where id in (
  select id from rejected_samples sample where reason = any ($1) and id <= (
    select id from rejected_samples where reason = sample.reason order by id desc limit 1 offset $2)
  for update skip locked)`

/** JSON never contains this character. An array of bodies would cost more than all the rest of the statement. */
const bodySeparator = '\x1e'

const keyOf = ({ site, event, eventId }: Row) => `${site}\n${event}\n${eventId}`
/** Identifies what a row changes in the store. A second row with the same effect changes nothing and is only counted. */
const effectOf = (row: Row) => `${row.skipReason === null ? row.source : 'skipped'}\n${keyOf(row)}`

export function createAppend(context: Context): Commit {
  return async (rows, rejected) => {
    await byHalves(rejected, (some) => insertSamplesOf(context, some), [])
    return byHalves(rows, (some) => store(context, some), ['refused'])
  }
}

/**
 * Stores rows with the same result as one after the other. Rows with one key and different effects go into different
 * statements: at most three, because a row is skipped, of the browser, or of the server.
 */
async function store(context: Context, rows: readonly Row[]): Promise<Verdict[]> {
  const effects = new Set<string>()
  const keys = new Set<string>()
  const repeats = rows.map((row) => effects.size === effects.add(effectOf(row)).size)
  const isFirst = rows.map((row, at) => repeats[at] || keys.size < keys.add(keyOf(row)).size)
  const first = await insert(
    context,
    rows.filter((_, at) => isFirst[at]),
    repeats.filter((_, at) => isFirst[at]),
  )
  if (first.length === rows.length) return first
  const rest = await store(
    context,
    rows.filter((_, at) => !isFirst[at]),
  )
  return isFirst.map((isNow) => (isNow ? first.shift() : rest.shift()) ?? 'refused')
}

/** @param repeats rows that have the effect of a row before them; all other rows have different keys */
async function insert(
  { database, encryption, databaseClock, slots }: Context,
  rows: readonly Row[],
  repeats: readonly boolean[],
): Promise<Verdict[]> {
  const column = <Key extends keyof Row>(key: Key) => rows.map((row) => row[key])
  const sealed = rows.map((row) =>
    row.visitor === null ? null : encryption.encrypt(row.visitor, visitorAssociatedData(row)),
  )
  const sends = rows.flatMap(({ vendors }, at) => vendors.map((vendor) => ({ at: at + 1, vendor })))
  const keySets = numberKeySets(rows)
  const limitedDataUse = rows.map((row) => (row.limitedDataUse ? 1 : 0))
  const withdrawals = rows.flatMap(({ site, withdrawn = [], receivedAt }) =>
    withdrawn.map((person) => ({ site, person, receivedAt })),
  )
  const values = [
    column('site'),
    column('event'),
    column('eventId'),
    column('eventTime'),
    column('receivedAt'),
    column('source'),
    column('skipReason'),
    column('body').join(bodySeparator),
    sealed,
    databaseClock.toDatabase(0),
    sends.map(({ at }) => at),
    sends.map(({ vendor }) => vendor),
    withdrawals.map(({ site }) => site),
    withdrawals.map(({ person }) => person),
    withdrawals.map(({ receivedAt }) => receivedAt),
    keySets.ofRows,
    column('value'),
    column('currency'),
  ]
  const stored = await slots.use((slot) =>
    database.query<{ at: number }>(insertRows, [
      ...values,
      slot,
      repeats,
      limitedDataUse,
      keySets.numbers,
      keySets.keys,
    ]),
  )
  const verdicts: Verdict[] = rows.map(() => 'duplicate')
  for (const { at } of stored) verdicts[at - 1] = 'stored'
  return verdicts
}

/** Numbers the different sets of match keys that the rows have. */
function numberKeySets(rows: readonly Row[]): { ofRows: number[]; numbers: number[]; keys: string[] } {
  const numbered = new Map<string, number>()
  const numbers: number[] = []
  const keys: string[] = []
  const ofRows = rows.map((row) => {
    const known = numbered.get(row.keys)
    if (known !== undefined) return known
    const number = numbered.size
    numbered.set(row.keys, number)
    for (const key of splitKeys(row.keys)) {
      numbers.push(number)
      keys.push(key)
    }
    return number
  })
  return { ofRows, numbers, keys }
}

async function insertSamplesOf({ database }: Context, rejected: readonly RejectedEntry[]): Promise<never[]> {
  const reasons = rejected.map(({ reason }) => reason)
  await database.query(insertSamples, [
    rejected.map(({ at }) => at),
    reasons,
    rejected.map(({ site }) => site),
    rejected.map(({ event }) => event),
    maxRejectedSamples,
  ])
  await database.query(trimSamples, [[...new Set(reasons)], maxRejectedSamples])
  return []
}

/** An entry that cannot be stored must not fail its neighbours: it is separated by halves until it is alone. */
async function byHalves<Item, Result>(
  items: readonly Item[],
  work: (items: readonly Item[]) => Promise<Result[]>,
  ofBadItem: Result[],
): Promise<Result[]> {
  if (items.length === 0) return []
  try {
    return await work(items)
  } catch (error) {
    if (!isDataError(error)) throw error
    if (items.length === 1) return ofBadItem
    const half = Math.ceil(items.length / 2)
    const first = await byHalves(items.slice(0, half), work, ofBadItem)
    return [...first, ...(await byHalves(items.slice(half), work, ofBadItem))]
  }
}
