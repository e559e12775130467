/** Makes failed deliveries pending again. Runs in SQLite's thread. */
import type { Replay, Replayed } from '../store.js'
import type { Context } from './context.js'
import type { CountedEvent } from './counts.js'

const failedDeliveries = `
  select d.event as id, d.vendor, d.ambiguous_at as ambiguousAt, e.site, e.event, e.received_at as receivedAt
  from deliveries d join events e on e.id = d.event`
const failedOfEvent = `${failedDeliveries} where d.event = ? and d.state = 'failed'`
const failedInTime = `${failedDeliveries}
  where d.state = 'failed' and e.received_at between ? and ?
    and e.site = coalesce(?, e.site) and e.event = coalesce(?, e.event)`
const makePending = `
  update deliveries set state = 'pending', due_at = ?, lease = null, reason = 'replay', ambiguous_at = ?,
    settled_at = null, replayed = 1 where event = ? and vendor = ?`

interface FailedRow extends CountedEvent {
  id: number
  vendor: string
  ambiguousAt: number | null
}

export function createReplay({ db, startBatch, storeTimes }: Context) {
  const ofEvent = db.prepare(failedOfEvent)
  const inTime = db.prepare(failedInTime)
  const update = db.prepare(makePending)

  const readFailed = (which: Replay) =>
    ('ids' in which
      ? which.ids.flatMap((id) => ofEvent.all(id))
      : inTime.all(
          which.since,
          which.until,
          which.site ?? null,
          which.event ?? null,
        )) as unknown as FailedRow[]

  return {
    replay(which: Replay, now: number): Replayed {
      const failed = readFailed(which)
      const batch = startBatch()
      let mayCountTwice = 0
      for (const { id, vendor, ambiguousAt, ...event } of failed) {
        const isTooOld = ambiguousAt !== null && now - ambiguousAt > storeTimes.ambiguousRetryWindowMs
        if (isTooOld) mayCountTwice++
        // The owner was warned of an old ambiguous attempt and accepts it. A younger one still limits the retries.
        update.run(now, isTooOld ? null : ambiguousAt, id, vendor)
        batch.failed(event, -1)
      }
      batch.flush()
      return { count: failed.length, mayCountTwice }
    },
  }
}
