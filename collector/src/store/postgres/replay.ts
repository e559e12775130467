/** How PostgreSQL makes failed deliveries pending again. */

import { ambiguousRetryWindowMs, type Replayed, type Store } from '../store.js'
import type { DatabaseClock } from './clock.js'
import { keyColumns, type Slots, uncountFailed } from './counts.js'
import type { Database } from './pool.js'

// A doubt that the owner was warned of they take upon themselves; a younger one ends the tries in its time.
const replay = (failed: string) => `
with failed as (
  ${failed} for update of deliveries
), again as (
  update deliveries set state = 'pending', due_at = $1, lease = null, reason = 'replay',
    ambiguous_at = case when failed.ambiguous_at < $2 then null else failed.ambiguous_at end, settled_at = null, replayed = 1
  from failed where deliveries.event = failed.event and deliveries.vendor = failed.vendor
), told as materialized (
  select events.site, ${keyColumns('events')} from failed join events on events.id = failed.event
), uncounted as (${uncountFailed('told', '$3')}
)
select count(*) as count, count(*) filter (where ambiguous_at < $2) as "mayCountTwice" from failed`

const ofIds = replay(`
  select event, vendor, ambiguous_at from deliveries where event = any ($4) and state = 'failed'`)

const ofTime = replay(`
  select deliveries.event, vendor, ambiguous_at from deliveries join events on events.id = deliveries.event
  where state = 'failed' and received_at between $4 and $5
    and events.site = coalesce($6, events.site) and events.event = coalesce($7, events.event)`)

export function createReplay(
  { transaction }: Database,
  { toDatabase }: DatabaseClock,
  slots: Slots,
): Pick<Store, 'replay'> {
  return {
    replay: (which, now) =>
      slots.use((slot) =>
        transaction(async (query) => {
          const times = [toDatabase(now), now - ambiguousRetryWindowMs, slot]
          const [replayed] = await ('ids' in which
            ? query<Replayed>(ofIds, [...times, which.ids])
            : query<Replayed>(ofTime, [
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
