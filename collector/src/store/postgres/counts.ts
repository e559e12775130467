/** Counts events by the hour: parts of the statements that append and settle, and the slots they may write to. */
import { hourMs } from '../../time.js'
import { waitEdges } from '../reports.js'
import { type CountColumn, countColumns, countedNames, customName, flagColumns } from '../sql/rollup-rules.js'

/** Constants of this program, so they need not be parameters of each statement. */
const names = [...countedNames].map((name) => `'${name}'`).join(', ')

/** The hour of arrival and the counted name of a row. */
export const keyColumns = (row: string) =>
  `${row}.received_at / ${hourMs} as hour, case when ${row}.event in (${names}) then ${row}.event else '${customName}' end as name`

// In the order of the keys: two collectors in one slot would otherwise wait for each other.
const addToHours = (columns: readonly CountColumn[], sums: readonly string[], from: string, slot: string) => `
  insert into hours (site, event, hour, slot, ${columns.join(', ')})
  select site, name, hour, ${slot}::int, ${sums.join(', ')} from ${from} group by 1, 2, 3 order by 1, 3, 2
  on conflict (site, hour, event, slot) do update set
    ${columns.map((column) => `${column} = hours.${column} + excluded.${column}`).join(', ')}`

const appendSums: Partial<Record<CountColumn, string>> = {
  browser: `count(*) filter (where accepted and source = 'browser')`,
  server: `count(*) filter (where accepted and source = 'server')`,
  duplicates: 'count(*) filter (where not stored)',
  skipped: 'count(*) filter (where stored and not accepted)',
  ldu: 'count(*) filter (where accepted and limited_data_use = 1)',
  ...Object.fromEntries(
    flagColumns.map((column, bit) => [
      column,
      `count(*) filter (where accepted and flags & ${1 << bit} <> 0)`,
    ]),
  ),
}
const appendColumns = countColumns.filter((column) => column in appendSums)

/** @param from rows with site, name, hour, source, limited_data_use, flags, value, currency, `stored` and `accepted` */
export const countAppended = (from: string, slot: string) => ({
  hours: addToHours(
    appendColumns,
    appendColumns.map((column) => appendSums[column] ?? '0'),
    from,
    slot,
  ),
  values: `
  insert into hour_values (site, event, currency, hour, slot, sum, count)
  select site, name, currency, hour, ${slot}::int, sum(value), count(*) from ${from}
  where accepted and currency is not null group by 1, 2, 3, 4 order by 1, 4, 2, 3
  on conflict (site, hour, event, currency, slot) do update set
    sum = hour_values.sum + excluded.sum, count = hour_values.count + excluded.count`,
})

/** @param from rows with site, name, hour and state, and how long they took as `wait` */
export const countSettled = (from: string, slot: string) => ({
  hours: addToHours(
    ['delivered', 'failed'],
    [`count(*) filter (where state = 'delivered')`, `count(*) filter (where state = 'failed')`],
    from,
    slot,
  ),
  waits: `
  insert into hour_waits (site, hour, bucket, slot, count)
  select site, hour, width_bucket(wait, array[${waitEdges.join(', ')}]::bigint[]), ${slot}::int, count(*) from ${from}
  where state = 'delivered' group by 1, 2, 3 order by 1, 2, 3
  on conflict (site, hour, bucket, slot) do update set count = hour_waits.count + excluded.count`,
})

/** @param from rows with site, name and hour: failed deliveries that become pending again */
export const uncountFailed = (from: string, slot: string) => addToHours(['failed'], ['-count(*)'], from, slot)

/** Slots 1 to 31. SQLite counts in slot 0, and a copy of its file must not meet counts that are there. */
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
