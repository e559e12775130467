/** Waits until enough matching events have arrived. */

import type { EventStore } from './event-store.js'
import { createFilter } from './filter.js'
import type { ReceivedEvent } from './received-event.js'

export interface WaitResult {
  /** False when the time ran out first. */
  ready: boolean
  /** The matching events, newest first. */
  events: ReceivedEvent[]
}

/** Matches counted events only, unless the query names a verdict or repeats. Never rejects; `signal` ends the wait. */
export const waitFor = (
  store: EventStore,
  query: { q?: string; pixel?: string; event?: string },
  { count, timeoutMs, signal }: { count: number; timeoutMs: number; signal: AbortSignal },
): Promise<WaitResult> => {
  const matches = createFilter(query)
  const includesUncounted = /(^|\s)(verdict|duplicate|dedup):/.test(query.q ?? '')
  const currentResult = (): WaitResult => {
    const events = store
      .all()
      .filter(
        (event) =>
          (includesUncounted || (event.verdict !== 'rejected' && !event.duplicate)) && matches(event),
      )
    return { ready: events.length >= count, events }
  }
  return new Promise((resolve) => {
    const finish = () => {
      clearTimeout(timer)
      unsubscribe()
      signal.removeEventListener('abort', finish)
      resolve(currentResult())
    }
    const unsubscribe = store.subscribe(() => currentResult().ready && finish())
    const timer = setTimeout(finish, timeoutMs)
    signal.addEventListener('abort', finish, { once: true })
    if (currentResult().ready || signal.aborted) finish()
  })
}
