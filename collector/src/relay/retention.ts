/** How old events leave: a page at a time, so that nothing else has to wait. */
import type { Store } from '../store/store.js'

export interface RetentionDeps {
  store: Pick<Store, 'purge'>
  days: number
  /** Unix milliseconds. */
  clock: () => number
  log: { info(fields: object, message: string): void; error(fields: object, message: string): void }
}

const everyMs = 3_600_000
const pageRows = 1_000

/** Clears now and each hour; the returned function ends that. */
export function startRetention({ store, days, clock, log }: RetentionDeps): () => void {
  let stopped = false
  const clear = async () => {
    const before = clock() - days * 86_400_000
    let removed = 0
    let next: number | undefined = 0
    while (next !== undefined && !stopped) {
      const page = await store.purge(before, next, pageRows)
      removed += page.removed
      next = page.next
    }
    if (removed > 0) log.info({ removed, days }, 'old events have left')
  }
  const clearSafely = () => {
    clear().catch((error: unknown) => {
      if (!stopped) log.error({ error: String(error) }, 'old events could not be cleared')
    })
  }
  clearSafely()
  const timer = setInterval(clearSafely, everyMs)
  return () => {
    stopped = true
    clearInterval(timer)
  }
}
