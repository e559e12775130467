/** Removes old events and attempts each hour, a page at a time, so that other work with the store does not wait. */
import type { Log } from '../log.js'
import type { Store } from '../store/store.js'
import { dayMs, hourMs } from '../time.js'

export interface RetentionDeps {
  store: Pick<Store, 'purge' | 'purgeAttempts'>
  /** Age in days at which events and attempts are removed. */
  days: number
  /** Unix milliseconds. */
  clock: () => number
  log: Pick<Log, 'info' | 'error'>
}

const intervalMs = hourMs
const pageRows = 1_000

/** Removes old events and attempts now and each hour. @returns stops it */
export function startRetention({ store, days, clock, log }: RetentionDeps): () => void {
  let isStopped = false
  const purge = async () => {
    const before = clock() - days * dayMs
    let removed = 0
    let next: number | undefined = 0
    while (next !== undefined && !isStopped) {
      const page = await store.purge(before, next, pageRows)
      removed += page.removed
      next = page.next
    }
    let attempts = 0
    for (let removedNow = pageRows; removedNow === pageRows && !isStopped; attempts += removedNow)
      removedNow = await store.purgeAttempts(before, pageRows)
    if (removed > 0 || attempts > 0) log.info({ removed, attempts, days }, 'old events removed')
  }
  const purgeAndLog = () => {
    purge().catch((error: unknown) => {
      if (!isStopped) log.error({ error: String(error) }, 'old events could not be removed')
    })
  }
  purgeAndLog()
  const timer = setInterval(purgeAndLog, intervalMs)
  return () => {
    isStopped = true
    clearInterval(timer)
  }
}
