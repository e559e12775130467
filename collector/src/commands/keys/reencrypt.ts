/** Re-encrypts the store with a new key. */
import { randomBytes } from 'node:crypto'
import { loadKeyring, replaceKeys } from '../../config/keyring.js'
import type { Records } from '../../store/records.js'

type KeyedStore = Pick<Records, 'setKeys' | 'reencrypt'>

/** Running collectors read the key file every 2 s. */
const reloadMs = 5_000
const rowsPerStep = 500

/**
 * Uses the keys of TAGFERRY_SECRET.
 * @param keyring newest key first
 * @returns how many records and visitors were re-encrypted
 */
export async function reencryptWithKeyring(
  store: KeyedStore,
  keyring: readonly Uint8Array[],
): Promise<number> {
  await store.setKeys(keyring)
  return reencryptAll(store)
}

/**
 * Makes a new key and replaces the key file in the data folder. The old keys leave last, so that every running
 * collector can read everything at any time.
 * @returns how many records and visitors were re-encrypted
 */
export async function reencryptWithFileKey(
  store: KeyedStore,
  dataDir: string,
  wait: (ms: number) => Promise<void>,
): Promise<number> {
  const oldKeys = loadKeyring(undefined, dataDir)
  const newKey = randomBytes(32)
  // In the last place collectors only decrypt with the new key; in the first place they also encrypt with it.
  replaceKeys(dataDir, [...oldKeys, newKey])
  await wait(reloadMs)
  const keyring = [newKey, ...oldKeys]
  replaceKeys(dataDir, keyring)
  await wait(reloadMs)
  await store.setKeys(keyring)
  let total = 0
  // A slow collector may still encrypt with an old key. The old keys are removed after a step that finds no such record.
  for (let count = await reencryptAll(store); count > 0; count = await reencryptAll(store)) {
    total += count
    await wait(reloadMs)
  }
  replaceKeys(dataDir, [newKey])
  return total
}

async function reencryptAll(store: KeyedStore): Promise<number> {
  for (let total = 0; ; ) {
    const count = await store.reencrypt(rowsPerStep)
    if (count === 0) return total
    total += count
  }
}
