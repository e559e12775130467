/** How secrets and visitors' addresses lie at rest: AES-256-GCM, a nonce for each record, bound to its row. */
import { createCipheriv, createDecipheriv, createHash, randomFillSync } from 'node:crypto'

/** Layout: version (1 byte), key id (4), nonce (12), tag (16), ciphertext. */
const version = 1
const headerBytes = 33

export interface Encryption {
  /** @param boundTo what the record belongs to, such as site and event id; opening needs the same */
  close(plain: string, boundTo: string): Uint8Array
  /** The plain text, or `undefined` for a record of an unknown key, another row, or a changed one. */
  decrypt(sealed: Uint8Array, boundTo: string): string | undefined
  /** Another ring from now on. */
  use(keys: Keys): void
  /** The ids of the keys that only open, as a record has them in its bytes 2 to 5; hex. */
  oldIds(): string[]
}

/** A key of 32 bytes, or a ring: the first one seals, all of them open. */
export type Keys = Uint8Array | readonly Uint8Array[]

// Random bytes are drawn in pages: one system call for each record would cost more than sealing it.
const pool = Buffer.alloc(12 * 1_024)
let drawn = pool.length

function nonce(): Buffer {
  if (drawn === pool.length) {
    randomFillSync(pool)
    drawn = 0
  }
  drawn += 12
  return pool.subarray(drawn - 12, drawn)
}

interface Key {
  key: Uint8Array
  id: Buffer
}

const ringOf = (keys: Keys): Key[] =>
  (keys instanceof Uint8Array ? [keys] : keys).map((key) => {
    if (key.length !== 32) throw new Error('The sealing key must have 32 bytes.')
    return { key, id: createHash('sha256').update(key).digest().subarray(0, 4) }
  })

export function createEncryption(keys: Keys): Encryption {
  let ring: Key[] = []
  let first: Key
  const use = (next: Keys) => {
    const [head, ...rest] = ringOf(next)
    if (!head) throw new Error('A key ring needs a key.')
    first = head
    ring = [head, ...rest]
  }
  use(keys)
  return {
    use,
    oldIds: () => ring.filter(({ id }) => !id.equals(first.id)).map(({ id }) => id.toString('hex')),
    close(plain, boundTo) {
      const iv = nonce()
      const cipher = createCipheriv('aes-256-gcm', first.key, iv)
      cipher.setAAD(Buffer.from(boundTo))
      const text = cipher.update(plain, 'utf8')
      cipher.final()
      const sealed = Buffer.allocUnsafe(headerBytes + text.length)
      sealed[0] = version
      sealed.set(first.id, 1)
      sealed.set(iv, 5)
      sealed.set(cipher.getAuthTag(), 17)
      sealed.set(text, headerBytes)
      return sealed
    },
    decrypt(sealed, boundTo) {
      const bytes = Buffer.from(sealed.buffer, sealed.byteOffset, sealed.byteLength)
      if (bytes.length < headerBytes || bytes[0] !== version) return undefined
      const known = ring.find(({ id }) => bytes.subarray(1, 5).equals(id))
      if (!known) return undefined
      try {
        const decipher = createDecipheriv('aes-256-gcm', known.key, bytes.subarray(5, 17))
        decipher.setAAD(Buffer.from(boundTo))
        decipher.setAuthTag(bytes.subarray(17, headerBytes))
        return decipher.update(bytes.subarray(headerBytes), undefined, 'utf8') + decipher.final('utf8')
      } catch {
        return undefined
      }
    },
  }
}
