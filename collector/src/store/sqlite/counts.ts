/** How SQLite counts by the hour: a call's events are summed up first, then each count is written once. */
import type { DatabaseSyncInstance as Database } from '@photostructure/sqlite'
import type { Row } from '../row.js'
import {
  bucketOf,
  type CountColumn,
  countColumns,
  countedName,
  flagColumns,
  hourOf,
} from '../sql/rollup-batch.js'
import type { Verdict } from '../store.js'

/** What an event is counted under. */
export interface CountedEvent {
  site: string
  event: string
  receivedAt: number
}

export interface RollupBatch {
  appended(row: Row, verdict: Verdict): void
  /** `failed` goes back by one where a failed delivery is to be sent again. */
  failed(event: CountedEvent, by: 1 | -1): void
  delivered(event: CountedEvent, now: number): void
  /** Writes what was counted, in the transaction that stands open. */
  flush(): void
}

type Counts = Record<CountColumn, number>
type Hour = Counts & { site: string; hour: number; event: string }

const none = Object.fromEntries(countColumns.map((column) => [column, 0])) as Counts

export function createCounts(db: Database): () => RollupBatch {
  const addHour = db.prepare(`
    insert into hours (site, hour, event, slot, ${countColumns.join(', ')})
    values (?, ?, ?, 0, ${countColumns.map(() => '?').join(', ')})
    on conflict (site, hour, event, slot) do update set
      ${countColumns.map((column) => `${column} = ${column} + excluded.${column}`).join(', ')}`)
  const addValue = db.prepare(`
    insert into hour_values (site, hour, event, currency, slot, sum, count) values (?, ?, ?, ?, 0, ?, ?)
    on conflict (site, hour, event, currency, slot) do update set
      sum = sum + excluded.sum, count = count + excluded.count`)
  const addWait = db.prepare(`
    insert into hour_waits (site, hour, bucket, slot, count) values (?, ?, ?, 0, ?)
    on conflict (site, hour, bucket, slot) do update set count = count + excluded.count`)

  return () => {
    const hours = new Map<string, Hour>()
    const values = new Map<string, { of: Hour; currency: string; sum: number; count: number }>()
    const waits = new Map<string, { site: string; hour: number; bucket: number; count: number }>()

    const hourFor = ({ site, event, receivedAt }: CountedEvent): Hour => {
      const hour = hourOf(receivedAt)
      const name = countedName(event)
      return entryOf(hours, `${site}\n${hour}\n${name}`, () => ({ site, hour, event: name, ...none }))
    }

    return {
      appended(row, verdict) {
        if (verdict === 'refused') return
        const counts = hourFor(row)
        if (verdict === 'duplicate') counts.duplicates++
        else if (row.skipReason !== null) counts.skipped++
        else {
          counts[row.source]++
          for (let bit = 0, left = row.marks; left > 0; bit++, left >>= 1)
            if (left & 1) counts[flagColumns[bit] as CountColumn]++
          const { value, currency } = row
          if (value === null || currency === null) return
          const key = `${row.site}\n${counts.hour}\n${counts.event}\n${currency}`
          const money = entryOf(values, key, () => ({ of: counts, currency, sum: 0, count: 0 }))
          money.sum += value
          money.count++
        }
      },
      failed(event, by) {
        hourFor(event).failed += by
      },
      delivered(event, now) {
        const counts = hourFor(event)
        counts.delivered++
        const { site, hour } = counts
        const bucket = bucketOf(now - event.receivedAt)
        entryOf(waits, `${site}\n${hour}\n${bucket}`, () => ({ site, hour, bucket, count: 0 })).count++
      },
      flush() {
        for (const counts of hours.values())
          addHour.run(counts.site, counts.hour, counts.event, ...countColumns.map((column) => counts[column]))
        for (const { of, currency, sum, count } of values.values())
          addValue.run(of.site, of.hour, of.event, currency, sum, count)
        for (const { site, hour, bucket, count } of waits.values()) addWait.run(site, hour, bucket, count)
      },
    }
  }
}

function entryOf<Value>(map: Map<string, Value>, key: string, create: () => Value): Value {
  let value = map.get(key)
  if (value === undefined) {
    value = create()
    map.set(key, value)
  }
  return value
}
