/** Encrypts secrets and visitors at rest: AES-256-GCM, a nonce for each record, bound to its row by associated data. */
import { createCipheriv, createDecipheriv, createHash, randomFillSync } from 'node:crypto'

/** Layout: version (1 byte), key id (4), nonce (12), tag (16), ciphertext. */
const version = 1
const headerBytes = 33
const nonceBytes = 12

export interface Encryption {
  /** @param associatedData what the record belongs to, such as site and event id; decryption needs the same */
  encrypt(plain: string, associatedData: string): Uint8Array
  /** The plain text, or `undefined` for a record of an unknown key or another row, and for a changed one. */
  decrypt(record: Uint8Array, associatedData: string): string | undefined
  /** Replaces the key ring. */
  setKeys(keys: Keys): void
  /** Ids of the keys that only decrypt, in hex: bytes 2 to 5 of a record. */
  oldKeyIds(): string[]
}

/** A key of 32 bytes, or a ring: the first key encrypts, all of them decrypt. */
export type Keys = Uint8Array | readonly Uint8Array[]

interface Key {
  key: Uint8Array
  id: Buffer
}

export function createEncryption(keys: Keys): Encryption {
  let ring = readRing(keys)
  return {
    encrypt: (plain, associatedData) => encrypt(ring.first, plain, associatedData),
    decrypt: (record, associatedData) => decrypt(ring.all, record, associatedData),
    setKeys(next) {
      ring = readRing(next)
    },
    oldKeyIds: () =>
      ring.all.filter(({ id }) => !id.equals(ring.first.id)).map(({ id }) => id.toString('hex')),
  }
}

function readRing(keys: Keys): { first: Key; all: Key[] } {
  const all = (keys instanceof Uint8Array ? [keys] : keys).map((key): Key => {
    if (key.length !== 32) throw new Error('An encryption key must have 32 bytes.')
    return { key, id: createHash('sha256').update(key).digest().subarray(0, 4) }
  })
  const [first] = all
  if (!first) throw new Error('A key ring needs a key.')
  return { first, all }
}

function encrypt({ key, id }: Key, plain: string, associatedData: string): Uint8Array {
  const nonce = nextNonce()
  const cipher = createCipheriv('aes-256-gcm', key, nonce)
  cipher.setAAD(Buffer.from(associatedData))
  const text = cipher.update(plain, 'utf8')
  cipher.final()
  const record = Buffer.allocUnsafe(headerBytes + text.length)
  record[0] = version
  record.set(id, 1)
  record.set(nonce, 5)
  record.set(cipher.getAuthTag(), 17)
  record.set(text, headerBytes)
  return record
}

function decrypt(ring: readonly Key[], record: Uint8Array, associatedData: string): string | undefined {
  const bytes = Buffer.from(record.buffer, record.byteOffset, record.byteLength)
  if (bytes.length < headerBytes || bytes[0] !== version) return undefined
  const known = ring.find(({ id }) => bytes.subarray(1, 5).equals(id))
  if (!known) return undefined
  try {
    const decipher = createDecipheriv('aes-256-gcm', known.key, bytes.subarray(5, 17))
    decipher.setAAD(Buffer.from(associatedData))
    decipher.setAuthTag(bytes.subarray(17, headerBytes))
    return decipher.update(bytes.subarray(headerBytes), undefined, 'utf8') + decipher.final('utf8')
  } catch {
    return undefined
  }
}

// Random bytes are drawn in pages: one system call for each record would cost more than its encryption.
const page = Buffer.alloc(nonceBytes * 1_024)
let drawnBytes = page.length

function nextNonce(): Buffer {
  if (drawnBytes === page.length) {
    randomFillSync(page)
    drawnBytes = 0
  }
  drawnBytes += nonceBytes
  return page.subarray(drawnBytes - nonceBytes, drawnBytes)
}
