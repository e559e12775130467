/** How PostgreSQL takes events: one statement for a whole group of requests. */

import type { Encryption } from '../encryption.js'
import type { Counted } from '../group-commit.js'
import { associatedData, type Row } from '../row.js'
import type { Verdict } from '../store.js'
import type { DatabaseClock } from './clock.js'
import { countAppended, keyColumns, type Slots } from './counts.js'
import { isDataError } from './errors.js'
import type { Database } from './pool.js'

// An accepted event takes the place of a skipped one; of an accepted one it only marks that it came from the other
// side too, and stays a duplicate.
const replaced = (column: string) =>
  `${column} = case when events.skip_reason is null then events.${column} else excluded.${column} end`

// Ids in the order of arrival, rows in the order of their keys: two groups with the same events, inserted each
// in another order, would wait for each other.
const counts = countAppended('told', '$19')
const insertRows = `
with given as (
  select nextval('events_id_seq') as id, given.* from unnest(
    $1::text[], $2::text[], $3::text[], $4::bigint[], $5::bigint[], $6::text[], $7::text[],
    string_to_array($8, E'\\x1e', ''), $9::bytea[], $16::int[], $17::float8[], $18::text[], $20::boolean[])
  with ordinality as given (site, event, event_id, event_time, received_at, source, skip_reason, body, sealed, marks,
    value, currency, repeats, at)
), stored as (
  insert into events (id, site, event, event_id, event_time, received_at, source, skip_reason, body)
  select id, site, event, event_id, event_time, received_at, source, skip_reason, body from given
  where not repeats order by site collate "C", event collate "C", event_id collate "C"
  on conflict (site, event, event_id) do update set
    ${['event_time', 'received_at', 'source', 'body'].map(replaced).join(', ')},
    skip_reason = null, paired = (events.skip_reason is null)::integer
  where excluded.skip_reason is null
    and (events.skip_reason is not null or (events.source <> excluded.source and events.paired = 0))
  returning id, site, event, event_id, paired
), kept as (
  select stored.id as row, given.* from stored join given using (site, event, event_id)
  where paired = 0 and not repeats
), sealed as (
  insert into visitors (event, sealed) select row, sealed from kept where sealed is not null
), queued as (
  insert into deliveries (event, vendor, site, due_at)
  select row, vendor, site, received_at + $10 from kept
  join unnest($11::bigint[], $12::text[]) as sent (at, vendor) using (at)
), counted as (
  insert into skips (hour, reason, count)
  select received_at / 3600000, skip_reason, count(*) from kept where skip_reason is not null
  group by 1, 2 order by 1, 2
  on conflict (hour, reason) do update set count = skips.count + excluded.count
), withdrawn as (
  insert into withdrawals (site, person, at)
  select site, person, max(at) from unnest($13::text[], $14::text[], $15::bigint[]) as said (site, person, at)
  group by 1, 2 order by 1, 2
  on conflict (site, person) do update set at = greatest(withdrawals.at, excluded.at)
), told as materialized (
  select given.site, ${keyColumns('given')}, given.source, given.marks, given.value, given.currency,
    kept.at is not null as stored, kept.at is not null and given.skip_reason is null as accepted
  from given left join kept on kept.at = given.at
), hours_counted as (${counts.hours}
), values_counted as (${counts.values}
)
select at from kept`

const countSkips = `
with given as (
  select * from unnest($1::bigint[], $2::text[], $3::text[], $4::text[]) with ordinality
  as given (at, reason, site, event, number)
), counted as (
  insert into skips (hour, reason, count)
  select at / 3600000, reason, count(*) from given group by 1, 2 order by 1, 2
  on conflict (hour, reason) do update set count = skips.count + excluded.count
)
insert into skip_examples (at, reason, site, event) select at, reason, site, event from (
  select *, row_number() over (partition by reason order by number desc) as age from given) aged
where age <= $5 order by number`

const trimExamples = `
delete from skip_examples where id in (
  select id from skip_examples mine where reason = any ($1) and id <= (
    select id from skip_examples where reason = mine.reason order by id desc limit 1 offset $2)
  for update skip locked)`

const examplesKept = 20

/** JSON has no such character in it; as the elements of an array the bodies would cost more than all the rest. */
const betweenBodies = '\x1e'

const keyOf = ({ site, event, eventId }: Row) => `${site}\n${event}\n${eventId}`
/** All that decides what a row changes of what is stored: a second such row changes nothing, and is only counted. */
const kindOf = (row: Row) => `${row.skipReason === null ? row.source : 'skipped'}\n${keyOf(row)}`

export function createAppend(
  database: Database,
  seal: Encryption,
  { toDatabase }: DatabaseClock,
  slots: Slots,
) {
  /** @param repeats of rows before them; what does not repeat has a key of its own */
  async function insert(rows: readonly Row[], repeats: readonly boolean[]): Promise<Verdict[]> {
    const column = <Key extends keyof Row>(key: Key) => rows.map((row) => row[key])
    const sealed = rows.map((row) =>
      row.visitor === null ? null : seal.close(row.visitor, associatedData(row)),
    )
    const sends = rows.flatMap(({ vendors }, at) => vendors.map((vendor) => ({ at: at + 1, vendor })))
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
      column('body').join(betweenBodies),
      sealed,
      toDatabase(0),
      sends.map(({ at }) => at),
      sends.map(({ vendor }) => vendor),
      withdrawals.map(({ site }) => site),
      withdrawals.map(({ person }) => person),
      withdrawals.map(({ receivedAt }) => receivedAt),
      column('marks'),
      column('value'),
      column('currency'),
    ]
    const stored = await slots.use((slot) =>
      database.query<{ at: number }>(insertRows, [...values, slot, repeats]),
    )
    const verdicts: Verdict[] = rows.map(() => 'duplicate')
    for (const { at } of stored) verdicts[at - 1] = 'stored'
    return verdicts
  }

  /** Each row as if those before it were stored already. A key has three kinds of rows: so many statements at most. */
  async function store(rows: readonly Row[]): Promise<Verdict[]> {
    const kinds = new Set<string>()
    const keys = new Set<string>()
    const repeats = rows.map((row) => kinds.size === kinds.add(kindOf(row)).size)
    const isNow = rows.map((row, at) => repeats[at] || keys.size < keys.add(keyOf(row)).size)
    const first = await insert(
      rows.filter((_, at) => isNow[at]),
      repeats.filter((_, at) => isNow[at]),
    )
    if (first.length === rows.length) return first
    const again = await store(rows.filter((_, at) => !isNow[at]))
    return isNow.map((now) => (now ? first.shift() : again.shift()) ?? 'refused')
  }

  async function count(counted: readonly Counted[]): Promise<never[]> {
    const reasons = counted.map(({ reason }) => reason)
    await database.query(countSkips, [
      counted.map(({ at }) => at),
      reasons,
      counted.map(({ site }) => site),
      counted.map(({ event }) => event),
      examplesKept,
    ])
    await database.query(trimExamples, [[...new Set(reasons)], examplesKept])
    return []
  }

  return async (rows: readonly Row[], counted: readonly Counted[]): Promise<Verdict[]> => {
    await byHalves(counted, count, [])
    return byHalves(rows, store, ['refused'])
  }
}

/** One poison entry must not fail its neighbours: it is looked for by halves, and stands alone in the end. */
async function byHalves<Entry, Result>(
  entries: readonly Entry[],
  work: (entries: readonly Entry[]) => Promise<Result[]>,
  poison: Result[],
): Promise<Result[]> {
  if (entries.length === 0) return []
  try {
    return await work(entries)
  } catch (error) {
    if (!isDataError(error)) throw error
    if (entries.length === 1) return poison
    const half = Math.ceil(entries.length / 2)
    const first = await byHalves(entries.slice(0, half), work, poison)
    return [...first, ...(await byHalves(entries.slice(half), work, poison))]
  }
}
