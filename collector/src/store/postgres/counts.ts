/** Counts events by the hour: parts of the statements that append and settle, and the slots they may write to. */
import { hourMs } from '../../time.js'
import { waitEdges } from '../reports.js'
import { type CountColumn, countColumns, countedNames, customName } from '../sql/rollup-rules.js'

/** Constants of this program, so they need not be parameters of each statement. */
const names = [...countedNames].map((name) => `'${name}'`).join(', ')

/** The hour of arrival and the counted name of a row. */
export const keyColumns = (row: string) =>
  `${row}.received_at / ${hourMs} as hour, case when ${row}.event in (${names}) then ${row}.event else '${customName}' end as name`

type Sums = Partial<Record<CountColumn, string>>
const columnsOf = (sums: Sums) => countColumns.filter((column) => column in sums)
const sumsOf = (sums: Sums) => columnsOf(sums).map((column) => `${sums[column]} as ${column}`)
const addToHour = (column: string) => `${column} = hours.${column} + excluded.${column}`

// In the order of the keys: two collectors in one slot would otherwise wait for each other.
const addToHours = (sums: Sums, from: string, slot: string) => `
  insert into hours (site, event, hour, slot, ${columnsOf(sums).join(', ')})
  select site, name, hour, ${slot}::int, ${sumsOf(sums).join(', ')} from ${from}
  group by 1, 2, 3 order by 1, 3, 2
  on conflict (site, hour, event, slot) do update set ${columnsOf(sums).map(addToHour).join(', ')}`

const appendSums: Sums = {
  browser: `count(*) filter (where accepted and source = 'browser')`,
  server: `count(*) filter (where accepted and source = 'server')`,
  duplicates: 'count(*) filter (where not stored)',
  skipped: 'count(*) filter (where stored and not accepted)',
  ldu: 'count(*) filter (where accepted and limited_data_use = 1)',
}

// By set first: an event has several keys, but few different sets of keys occur.
const keysByHour = (from: string, keySets: string) => `
  select site, name, hour, jsonb_object_agg(key, events)::text as keys from (
    select site, name, hour, key, sum(events)::bigint as events from (
      select site, name, hour, key_set, count(*) as events from ${from} where accepted group by 1, 2, 3, 4) by_set
    join ${keySets} using (key_set) group by 1, 2, 3, 4) by_key
  group by 1, 2, 3`

/** The counts of both by key, as JSON. */
const addKeys = `
  case when excluded.keys = '{}' then hours.keys else (
    select jsonb_object_agg(key, events)::text from (
      select key, sum(value::bigint) as events from (
        select * from json_each_text(hours.keys::json)
        union all select * from json_each_text(excluded.keys::json)) each_key (key, value)
      group by 1) by_key) end`

/**
 * @param from rows with site, name, hour, source, limited_data_use, key_set, value, currency, `stored` and `accepted`
 * @param keySets rows with key_set and key: the keys that each number in `from` stands for
 */
export const countAppended = (from: string, keySets: string, slot: string) => ({
  hours: `
  insert into hours (site, event, hour, slot, keys, ${columnsOf(appendSums).join(', ')})
  select site, name, hour, ${slot}::int, coalesce(keys, '{}'), ${columnsOf(appendSums).join(', ')}
  from (select site, name, hour, ${sumsOf(appendSums).join(', ')} from ${from} group by 1, 2, 3) sums
  left join (${keysByHour(from, keySets)}) keys using (site, name, hour) order by 1, 3, 2
  on conflict (site, hour, event, slot) do update set keys = ${addKeys},
    ${columnsOf(appendSums).map(addToHour).join(', ')}`,
  values: `
  insert into hour_values (site, event, currency, hour, slot, sum, count)
  select site, name, currency, hour, ${slot}::int, sum(value), count(*) from ${from}
  where accepted and currency is not null group by 1, 2, 3, 4 order by 1, 4, 2, 3
  on conflict (site, hour, event, currency, slot) do update set
    sum = hour_values.sum + excluded.sum, count = hour_values.count + excluded.count`,
})

const settleSums: Sums = {
  delivered: `count(*) filter (where state = 'delivered')`,
  failed: `count(*) filter (where state = 'failed')`,
}

/** @param from rows with site, name, hour and state, and how long they took as `wait` */
export const countSettled = (from: string, slot: string) => ({
  hours: addToHours(settleSums, from, slot),
  waits: `
  insert into hour_waits (site, hour, bucket, slot, count)
  select site, hour, width_bucket(wait, array[${waitEdges.join(', ')}]::bigint[]), ${slot}::int, count(*) from ${from}
  where state = 'delivered' group by 1, 2, 3 order by 1, 2, 3
  on conflict (site, hour, bucket, slot) do update set count = hour_waits.count + excluded.count`,
})

/** @param from rows with site, name and hour: failed deliveries that become pending again */
export const uncountFailed = (from: string, slot: string) => addToHours({ failed: '-count(*)' }, from, slot)

/** Collectors count in slots 1 to 31. Slot 0 is for the counts that were copied from a SQLite file. */
const slotCount = 31

export interface Slots {
  /** Runs work with a slot that no other work of this process writes to meanwhile. */
  use<T>(work: (slot: number) => Promise<T>): Promise<T>
}

/**
 * Collectors begin at different slots and use as few as they can, because a report reads all slots of an hour.
 * @param random from 0 to 1
 */
export function createSlots(random: () => number): Slots {
  const first = Math.floor(random() * slotCount)
  const inUse = new Set<number>()
  return {
    async use(work) {
      let step = 0
      while (inUse.has(step) && step < slotCount - 1) step++
      inUse.add(step)
      try {
        return await work(1 + ((first + step) % slotCount))
      } finally {
        inUse.delete(step)
      }
    },
  }
}
