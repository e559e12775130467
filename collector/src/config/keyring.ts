/** The key that seals: the owner's, or one made at first start and kept in the data folder. */
import { randomBytes } from 'node:crypto'
import {
  closeSync,
  existsSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs'
import { dirname, join } from 'node:path'

/** In the data folder, where the owner has given no key. */
export const keyFile = (dataDir: string) => join(dataDir, 'secret.key')

/**
 * The keys there are: the first one seals, all of them open.
 * @param given base64 of 32 bytes each, with commas between
 */
export function loadKeyring(given: string | undefined, dataDir: string): Buffer[] {
  if (given !== undefined) return parse(given)
  mkdirSync(dataDir, { recursive: true, mode: 0o700 })
  const file = keyFile(dataDir)
  if (!existsSync(file)) createDurably(file, `${newKey()}\n`)
  const keys = parse(readFileSync(file, 'utf8').trim())
  if (keys.length === 0 || keys.some((key) => key.length !== 32)) {
    throw new Error(
      `${file} does not hold 32 bytes in base64. Restore it from a backup: what it sealed cannot be read without it.`,
    )
  }
  return keys
}

const newKey = () => randomBytes(32).toString('base64')
const parse = (text: string) => text.split(/[\s,]+/).map((key) => Buffer.from(key, 'base64'))

/** Puts these keys in the place of those in the file. @param keys 32 bytes each */
export function replaceKeys(dataDir: string, keys: readonly Uint8Array[]): void {
  const file = keyFile(dataDir)
  const draft = writeDraft(file, keys.map((key) => `${Buffer.from(key).toString('base64')}\n`).join(''))
  renameSync(draft, file)
  syncFolder(file)
}

/** What the first event is sealed with must be on disk before the event is: file and folder are synced. */
function createDurably(file: string, text: string): void {
  const draft = writeDraft(file, text)
  try {
    // Of two collectors starting together one makes the key; unlike a rename, a link never replaces it.
    linkSync(draft, file)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code !== 'EEXIST') {
      // Some file systems know no links.
      renameSync(draft, file)
    }
  }
  rmSync(draft, { force: true })
  syncFolder(file)
}

function writeDraft(file: string, text: string): string {
  const draft = `${file}.${process.pid}`
  const descriptor = openSync(draft, 'wx', 0o600)
  writeSync(descriptor, text)
  fsyncSync(descriptor)
  closeSync(descriptor)
  return draft
}

function syncFolder(file: string): void {
  const folder = openSync(dirname(file), 'r')
  fsyncSync(folder)
  closeSync(folder)
}
