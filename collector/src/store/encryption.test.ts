import { randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { createEncryption } from './encryption.js'

describe('an encrypted record', () => {
  const encryption = createEncryption(randomBytes(32))

  it('is decrypted with the same key in the same row', () => {
    expect(encryption.decrypt(encryption.encrypt('198.51.100.7', 'row 1'), 'row 1')).toBe('198.51.100.7')
    expect(encryption.decrypt(encryption.encrypt('', ''), '')).toBe('')
  })

  it('is not decrypted in another row, with another key, or after a change of any byte', () => {
    const record = encryption.encrypt('198.51.100.7', 'row 1')
    expect(encryption.decrypt(record, 'row 2')).toBeUndefined()
    expect(createEncryption(randomBytes(32)).decrypt(record, 'row 1')).toBeUndefined()
    for (let at = 0; at < record.length; at++) {
      const changed = Uint8Array.from(record)
      changed[at] = (changed[at] ?? 0) ^ 1
      expect(encryption.decrypt(changed, 'row 1')).toBeUndefined()
    }
    expect(encryption.decrypt(new Uint8Array(3), 'row 1')).toBeUndefined()
  })

  it('never looks the same twice and shows nothing of its text', () => {
    const records = Array.from({ length: 3_000 }, () =>
      Buffer.from(encryption.encrypt('secret', 'row')).toString('latin1'),
    )
    expect(new Set(records).size).toBe(3_000)
    expect(records.some((record) => record.includes('secret'))).toBe(false)
  })

  it('is encrypted with the first key of a ring and decrypted with each', () => {
    const [older, newer] = [randomBytes(32), randomBytes(32)]
    const before = createEncryption(older).encrypt('secret', 'row')
    const ring = createEncryption([newer, older])
    expect(ring.decrypt(before, 'row')).toBe('secret')
    expect(createEncryption(newer).decrypt(ring.encrypt('secret', 'row'), 'row')).toBe('secret')
    expect(ring.oldKeyIds()).toEqual([
      before.subarray(1, 5).reduce((hex, byte) => hex + byte.toString(16).padStart(2, '0'), ''),
    ])
    ring.setKeys(newer)
    expect(ring.decrypt(before, 'row')).toBeUndefined()
    expect(ring.oldKeyIds()).toEqual([])
  })

  it('needs a ring with at least one key, of 32 bytes each', () => {
    expect(() => createEncryption([])).toThrow('needs a key')
    expect(() => createEncryption([randomBytes(32), randomBytes(16)])).toThrow('32 bytes')
  })
})
