/** Loads the encryption keys: those of TAGFERRY_SECRET, or one generated at first start and kept in the data folder. */
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

/** The file of the generated key. */
export const keyFile = (dataDir: string) => join(dataDir, 'secret.key')

/**
 * Loads the keys: the first one encrypts, all of them decrypt.
 * @param secret TAGFERRY_SECRET: keys of 32 bytes in base64, separated by commas
 * @throws Error with a sentence for the owner where the key file is damaged
 */
export function loadKeyring(secret: string | undefined, dataDir: string): Buffer[] {
  if (secret !== undefined) return parseKeys(secret)
  mkdirSync(dataDir, { recursive: true, mode: 0o700 })
  const file = keyFile(dataDir)
  if (!existsSync(file)) createDurably(file, `${generateKey()}\n`)
  const keys = parseKeys(readFileSync(file, 'utf8').trim())
  if (keys.length === 0 || keys.some((key) => key.length !== 32)) {
    throw new Error(
      `${file} does not hold 32 bytes in base64. Restore it from a backup: without it the data that it encrypted cannot be read.`,
    )
  }
  return keys
}

const generateKey = () => randomBytes(32).toString('base64')
const parseKeys = (text: string) => text.split(/[\s,]+/).map((key) => Buffer.from(key, 'base64'))

/** Replaces the keys in the file. @param keys 32 bytes each */
export function replaceKeys(dataDir: string, keys: readonly Uint8Array[]): void {
  const file = keyFile(dataDir)
  const draft = writeDraft(file, keys.map((key) => `${Buffer.from(key).toString('base64')}\n`).join(''))
  renameSync(draft, file)
  syncFolder(file)
}

/** Syncs file and folder: the key must be on disk before the first event that is encrypted with it. */
function createDurably(file: string, text: string): void {
  const draft = writeDraft(file, text)
  try {
    // When two collectors start together, one key must win. Unlike a rename, a link never replaces a file.
    linkSync(draft, file)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code !== 'EEXIST') {
      // Some file systems have no links.
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
