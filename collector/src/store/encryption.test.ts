import { randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { createEncryption } from './encryption.js'

describe('a sealed record', () => {
  const seal = createEncryption(randomBytes(32))

  it('opens with the same key in the same row', () => {
    expect(seal.decrypt(seal.close('198.51.100.7', 'row 1'), 'row 1')).toBe('198.51.100.7')
    expect(seal.decrypt(seal.close('', ''), '')).toBe('')
  })

  it('opens in no other row, with no other key, and not after a change of any byte', () => {
    const sealed = seal.close('198.51.100.7', 'row 1')
    expect(seal.decrypt(sealed, 'row 2')).toBeUndefined()
    expect(createEncryption(randomBytes(32)).decrypt(sealed, 'row 1')).toBeUndefined()
    for (let at = 0; at < sealed.length; at++) {
      const changed = Uint8Array.from(sealed)
      changed[at] = (changed[at] ?? 0) ^ 1
      expect(seal.decrypt(changed, 'row 1')).toBeUndefined()
    }
    expect(seal.decrypt(new Uint8Array(3), 'row 1')).toBeUndefined()
  })

  it('never looks the same twice and shows nothing of its text', () => {
    const records = Array.from({ length: 3_000 }, () =>
      Buffer.from(seal.close('secret', 'row')).toString('latin1'),
    )
    expect(new Set(records).size).toBe(3_000)
    expect(records.some((record) => record.includes('secret'))).toBe(false)
  })

  it('is closed with the first key of a ring and opens with each', () => {
    const [older, newer] = [randomBytes(32), randomBytes(32)]
    const before = createEncryption(older).close('secret', 'row')
    const ring = createEncryption([newer, older])
    expect(ring.decrypt(before, 'row')).toBe('secret')
    expect(createEncryption(newer).decrypt(ring.close('secret', 'row'), 'row')).toBe('secret')
    expect(ring.oldIds()).toEqual([
      before.subarray(1, 5).reduce((hex, byte) => hex + byte.toString(16).padStart(2, '0'), ''),
    ])
    ring.use(newer)
    expect(ring.decrypt(before, 'row')).toBeUndefined()
    expect(ring.oldIds()).toEqual([])
  })

  it('takes no empty ring and no short key', () => {
    expect(() => createEncryption([])).toThrow('needs a key')
    expect(() => createEncryption([randomBytes(32), randomBytes(16)])).toThrow('32 bytes')
  })
})
