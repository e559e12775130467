/** Makes failed deliveries pending again. */
import type { Replayed, Store } from '../store.js'
import type { Context } from './context.js'
import { keyColumns, uncountFailed } from './counts.js'

// The owner was warned of an old ambiguous attempt and accepts it. A younger one still limits the retries.
const replay = (failed: string) => `
with failed as (
  ${failed} for update of deliveries
), pending as (
  update deliveries set state = 'pending', due_at = $1, lease = null, reason = 'replay',
    ambiguous_at = case when failed.ambiguous_at < $2 then null else failed.ambiguous_at end, settled_at = null, replayed = 1
  from failed where deliveries.event = failed.event and deliveries.vendor = failed.vendor
), counted as materialized (
  select events.site, ${keyColumns('events')} from failed join events on events.id = failed.event
), uncounted as (${uncountFailed('counted', '$3')}
)
select count(*) as count, count(*) filter (where ambiguous_at < $2) as "mayCountTwice" from failed`

const replayIds = replay(`
  select event, vendor, ambiguous_at from deliveries where event = any ($4) and state = 'failed'`)

const replayInTime = replay(`
  select deliveries.event, vendor, ambiguous_at from deliveries join events on events.id = deliveries.event
  where state = 'failed' and received_at between $4 and $5
    and events.site = coalesce($6, events.site) and events.event = coalesce($7, events.event)`)

export function createReplay({ database, databaseClock, slots, storeTimes }: Context): Pick<Store, 'replay'> {
  return {
    replay: (which, now) =>
      slots.use((slot) =>
        database.transaction(async (query) => {
          const times = [databaseClock.toDatabase(now), now - storeTimes.ambiguousRetryWindowMs, slot]
          const [replayed] = await ('ids' in which
            ? query<Replayed>(replayIds, [...times, which.ids])
            : query<Replayed>(replayInTime, [
                ...times,
                which.since,
                which.until,
                which.site ?? null,
                which.event ?? null,
              ]))
          return replayed ?? { count: 0, mayCountTwice: 0 }
        }),
      ),
  }
}
