/** The key that seals: the owner's, or one made at first start and kept in the data folder. */
import { createHmac, randomBytes } from 'node:crypto'
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

/**
 * @param given base64 of 32 bytes
 * @returns 32 bytes
 */
export function loadSecret(given: string | undefined, dataDir: string): Buffer {
  if (given !== undefined) return Buffer.from(given, 'base64')
  mkdirSync(dataDir, { recursive: true, mode: 0o700 })
  const file = join(dataDir, 'secret.key')
  if (!existsSync(file)) writeDurably(file, `${randomBytes(32).toString('base64')}\n`)
  const secret = Buffer.from(readFileSync(file, 'utf8').trim(), 'base64')
  if (secret.length !== 32) {
    throw new Error(
      `${file} does not hold 32 bytes in base64. Restore it from a backup: what it sealed cannot be read without it.`,
    )
  }
  return secret
}

/** What the first event is sealed with must be on disk before the event is: file and folder are synced. */
function writeDurably(file: string, text: string): void {
  const draft = `${file}.${process.pid}`
  const descriptor = openSync(draft, 'wx', 0o600)
  writeSync(descriptor, text)
  fsyncSync(descriptor)
  closeSync(descriptor)
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
  const folder = openSync(dirname(file), 'r')
  fsyncSync(folder)
  closeSync(folder)
}

/** The public key of a site that was given none: the same at each start and in each collector. */
export function defaultSiteKey(secret: Buffer, domain: string): string {
  return createHmac('sha256', secret).update(`site key\n${domain}`).digest('base64url').slice(0, 22)
}
