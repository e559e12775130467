/** Applies what other processes change while the collector runs: settings in the store and the key file. */
import { minuteMs } from '../time.js'

export interface ConfigWatcherDeps {
  store: {
    /** Grows with each change of the settings in the store. */
    revision(): Promise<number>
    /** Sets the encryption keys. */
    setKeys(keys: readonly Uint8Array[]): Promise<void>
  }
  /** Reads the settings of the store anew. */
  apply: () => Promise<void>
  /** Reads the encryption keys. */
  loadKeys: () => Buffer[]
  /** Stores which API keys were used. */
  recordKeyUse: (now: number) => Promise<void>
  /** Unix milliseconds. */
  clock: () => number
}

const pollMs = 2_000

/** @returns a function that ends the watching */
export function watchConfig(deps: ConfigWatcherDeps): () => void {
  const poll = createPoll(deps)
  let isPolling = false
  const timer = setInterval(() => {
    if (isPolling) return
    isPolling = true
    // The current settings stay in use while the store cannot be read.
    void poll()
      .catch(() => {})
      .finally(() => {
        isPolling = false
      })
  }, pollMs)
  return () => clearInterval(timer)
}

function createPoll({ store, apply, loadKeys, recordKeyUse, clock }: ConfigWatcherDeps): () => Promise<void> {
  // Unknown at first: the settings may have changed since the start.
  let appliedRevision: number | undefined
  let appliedKeys = loadKeys().join()
  let keyUseRecordedAt = clock()
  return async () => {
    const revision = await store.revision()
    if (revision !== appliedRevision) await apply()
    appliedRevision = revision
    const keys = loadKeys()
    if (keys.join() !== appliedKeys) {
      await store.setKeys(keys)
      appliedKeys = keys.join()
    }
    if (clock() - keyUseRecordedAt < minuteMs) return
    keyUseRecordedAt = clock()
    await recordKeyUse(keyUseRecordedAt)
  }
}
