/** Knows how to wait until enough matching events were counted. */
import { createFilter } from './filter.js'
import type { Kept } from './kept.js'
import type { Received } from './received.js'

export interface WaitResult {
  /** False when the time ran out first. */
  ready: boolean
  /** What matched so far, newest first. */
  events: Kept[]
}

/** Counted events only, unless the query itself names a verdict or repeats. Rejects never; `signal` ends it. */
export const waitFor = (
  received: Received,
  query: { q?: string; pixel?: string; event?: string },
  { count, timeoutMs, signal }: { count: number; timeoutMs: number; signal: AbortSignal },
): Promise<WaitResult> => {
  const matches = createFilter(query)
  const any = /(^|\s)(verdict|duplicate|dedup):/.test(query.q ?? '')
  const look = (): WaitResult => {
    const events = received
      .all()
      .filter((kept) => (any || (kept.verdict !== 'rejected' && !kept.duplicate)) && matches(kept))
    return { ready: events.length >= count, events }
  }
  return new Promise((resolve) => {
    const finish = () => {
      clearTimeout(timer)
      unwatch()
      signal.removeEventListener('abort', finish)
      resolve(look())
    }
    const unwatch = received.watch(() => look().ready && finish())
    const timer = setTimeout(finish, timeoutMs)
    signal.addEventListener('abort', finish, { once: true })
    if (look().ready || signal.aborted) finish()
  })
}
