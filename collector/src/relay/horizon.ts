/** How long an event may wait before sending it would do harm or no good. Pure. */
import { ambiguousRetryWindowMs, type Delivery } from '../store/store.js'

/** The longest click window: an older event is matched to no ad. */
const maxEventAgeMs = 28 * 86_400_000

/**
 * Why a delivery must not be tried any more, or nothing.
 * @param now Unix milliseconds
 */
export function expiryReason(
  { ambiguousAt, event }: Pick<Delivery, 'ambiguousAt' | 'event'>,
  now: number,
): string | undefined {
  if (ambiguousAt !== undefined)
    return now - ambiguousAt > ambiguousRetryWindowMs ? 'outcome unknown' : undefined
  return now - event.eventTime * 1_000 > maxEventAgeMs ? 'older than 28 days' : undefined
}
