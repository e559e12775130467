/** Counts events by the hour: adds up the events of one call first, then writes each count once. Runs in SQLite's thread. */
import type { Row } from '../row.js'
import {
  bucketOf,
  type CountColumn,
  countColumns,
  countedName,
  hourOf,
  splitKeys,
} from '../sql/rollup-rules.js'
import type { Verdict } from '../store.js'
import type { Database } from './database.js'

/** What an event is counted under. */
export interface CountedEvent {
  site: string
  event: string
  receivedAt: number
}

/** The counts of one call. */
export interface RollupBatch {
  appended(row: Row, verdict: Verdict): void
  /** `by` is -1 where a failed delivery becomes pending again. */
  failed(event: CountedEvent, by: 1 | -1): void
  delivered(event: CountedEvent, now: number): void
  /** Writes the counts, in the open transaction. */
  flush(): void
}

interface Hour {
  site: string
  hour: number
  event: string
  counts: Record<CountColumn, number>
  /** Accepted events by their match keys, as rows have them. */
  keySets: Map<string, number>
}

interface Collected {
  hours: Map<string, Hour>
  values: Map<string, { of: Hour; currency: string; sum: number; count: number }>
  waits: Map<string, { of: Hour; bucket: number; count: number }>
}

const insertHour = `
  insert into hours (site, hour, event, slot, keys, ${countColumns.join(', ')})
  values (?, ?, ?, 0, ?, ${countColumns.map(() => '?').join(', ')})
  on conflict (site, hour, event, slot) do update set keys = iif(excluded.keys = '{}', keys, excluded.keys),
    ${countColumns.map((column) => `${column} = ${column} + excluded.${column}`).join(', ')}`
const readKeys = 'select keys from hours where site = ? and hour = ? and event = ? and slot = 0'
const insertValue = `
  insert into hour_values (site, hour, event, currency, slot, sum, count) values (?, ?, ?, ?, 0, ?, ?)
  on conflict (site, hour, event, currency, slot) do update set
    sum = sum + excluded.sum, count = count + excluded.count`
const insertWait = `
  insert into hour_waits (site, hour, bucket, slot, count) values (?, ?, ?, 0, ?)
  on conflict (site, hour, bucket, slot) do update set count = count + excluded.count`

const prepareStatements = (db: Database) => ({
  readKeys: db.prepare(readKeys),
  insertHour: db.prepare(insertHour),
  insertValue: db.prepare(insertValue),
  insertWait: db.prepare(insertWait),
})

const noCounts = Object.fromEntries(countColumns.map((column) => [column, 0])) as Hour['counts']

/** Returns a function that begins a batch. */
export function createCounts(db: Database): () => RollupBatch {
  const statements = prepareStatements(db)
  return () => {
    const collected: Collected = { hours: new Map(), values: new Map(), waits: new Map() }
    return {
      appended: (row, verdict) => addAppended(collected, row, verdict),
      failed(event, by) {
        hourFor(collected, event).counts.failed += by
      },
      delivered: (event, now) => addDelivered(collected, event, now),
      flush: () => write(statements, collected),
    }
  }
}

function hourFor({ hours }: Collected, { site, event, receivedAt }: CountedEvent): Hour {
  const hour = hourOf(receivedAt)
  const name = countedName(event)
  return entryOf(hours, `${site}\n${hour}\n${name}`, () => ({
    site,
    hour,
    event: name,
    counts: { ...noCounts },
    keySets: new Map(),
  }))
}

function addAppended(collected: Collected, row: Row, verdict: Verdict): void {
  if (verdict === 'refused') return
  const of = hourFor(collected, row)
  const { counts } = of
  if (verdict === 'duplicate') counts.duplicates++
  else if (row.skipReason !== null) counts.skipped++
  else {
    counts[row.source]++
    if (row.limitedDataUse) counts.ldu++
    of.keySets.set(row.keys, 1 + (of.keySets.get(row.keys) ?? 0))
    const { value, currency } = row
    if (value === null || currency === null) return
    const key = `${of.site}\n${of.hour}\n${of.event}\n${currency}`
    const money = entryOf(collected.values, key, () => ({ of, currency, sum: 0, count: 0 }))
    money.sum += value
    money.count++
  }
}

function addDelivered(collected: Collected, event: CountedEvent, now: number): void {
  const of = hourFor(collected, event)
  of.counts.delivered++
  const bucket = bucketOf(now - event.receivedAt)
  entryOf(collected.waits, `${of.site}\n${of.hour}\n${bucket}`, () => ({ of, bucket, count: 0 })).count++
}

function write(statements: ReturnType<typeof prepareStatements>, { hours, values, waits }: Collected): void {
  const { insertHour, insertValue, insertWait } = statements
  for (const of of hours.values()) {
    const { site, hour, event, counts } = of
    insertHour.run(
      site,
      hour,
      event,
      sumKeys(statements, of),
      ...countColumns.map((column) => counts[column]),
    )
  }
  for (const { of, currency, sum, count } of values.values())
    insertValue.run(of.site, of.hour, of.event, currency, sum, count)
  for (const { of, bucket, count } of waits.values()) insertWait.run(of.site, of.hour, bucket, count)
}

/** The stored counts by match key with those of this batch, as JSON. SQLite's own JSON functions take longer. */
function sumKeys(
  { readKeys }: ReturnType<typeof prepareStatements>,
  { site, hour, event, keySets }: Hour,
): string {
  if (keySets.size === 0) return '{}'
  const stored = readKeys.get(site, hour, event) as { keys: string } | undefined
  const sums: Record<string, number> = JSON.parse(stored?.keys ?? '{}')
  for (const [keys, events] of keySets)
    for (const key of splitKeys(keys)) sums[key] = (sums[key] ?? 0) + events
  return JSON.stringify(sums)
}

function entryOf<Value>(map: Map<string, Value>, key: string, create: () => Value): Value {
  let value = map.get(key)
  if (value === undefined) {
    value = create()
    map.set(key, value)
  }
  return value
}
