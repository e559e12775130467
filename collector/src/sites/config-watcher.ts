/** What others change while the collector runs: settings in the store, keys on the disk. Looked at every 2 s. */
import type { Records } from '../store/records.js'

export interface FollowDeps {
  store: Pick<Records, 'revision' | 'setKeys'>
  /** What has been set takes effect. */
  apply: () => Promise<void>
  /** The sealing keys there are now. */
  keys: () => Buffer[]
  /** Writes down which API keys were used. */
  used: (now: number) => Promise<void>
  /** Unix milliseconds. */
  clock: () => number
}

const everyMs = 2_000
const usedMs = 60_000

/** @returns ends it */
export function watchConfig({ store, apply, keys, used, clock }: FollowDeps): () => void {
  let known: number | undefined
  let ring = keys().join()
  let usedAt = clock()
  let busy = false

  async function look(): Promise<void> {
    const revision = await store.revision()
    // The first time too: something may have changed since the start.
    if (revision !== known) await apply()
    known = revision
    const now = keys()
    if (now.join() !== ring) {
      await store.setKeys(now)
      ring = now.join()
    }
    if (clock() - usedAt < usedMs) return
    usedAt = clock()
    await used(usedAt)
  }

  const timer = setInterval(() => {
    if (busy) return
    busy = true
    // While the store cannot be read, what is known stays.
    void look()
      .catch(() => {})
      .finally(() => {
        busy = false
      })
  }, everyMs)
  return () => clearInterval(timer)
}
