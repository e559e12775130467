/** How everything that is sealed comes under a new key, while collectors run. */
import { randomBytes } from 'node:crypto'
import { loadKeyring, replaceKeys } from '../config/keyring.js'
import type { Records } from '../store/records.js'

/** Running collectors look at the key file every 2 s. */
const noticedMs = 5_000
const rowsAtOnce = 500

export interface RotateDeps {
  store: Pick<Records, 'keys' | 'reseal'>
  dataDir: string
  /** Keys given by TAGFERRY_SECRET, newest first; absent: those of the file, where a new one is made. */
  given: readonly Buffer[] | undefined
  wait: (ms: number) => Promise<void>
}

/** @returns how many records and visitors were sealed anew */
export async function rotateKeys({ store, dataDir, given, wait }: RotateDeps): Promise<number> {
  if (given) {
    await store.keys(given)
    return resealAll(store)
  }
  const old = loadKeyring(undefined, dataDir)
  const key = randomBytes(32)
  // First every collector can read it, then they seal with it, and only then the old ones go.
  replaceKeys(dataDir, [...old, key])
  await wait(noticedMs)
  const ring = [key, ...old]
  replaceKeys(dataDir, ring)
  await wait(noticedMs)
  await store.keys(ring)
  let sealed = 0
  // A collector that is late may still seal with an old key: these go when nothing new has come under them.
  for (let more = await resealAll(store); more > 0; more = await resealAll(store)) {
    sealed += more
    await wait(noticedMs)
  }
  replaceKeys(dataDir, [key])
  return sealed
}

async function resealAll(store: RotateDeps['store']): Promise<number> {
  for (let all = 0; ; ) {
    const done = await store.reseal(rowsAtOnce)
    if (done === 0) return all
    all += done
  }
}
