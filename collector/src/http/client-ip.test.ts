import { describe, expect, it } from 'vitest'
import { cleanAddress } from './client-ip.js'

describe('a client address', () => {
  it.each([
    ['198.51.100.7', '198.51.100.7'],
    [' 198.51.100.7 ', '198.51.100.7'],
    ['198.51.100.7:1234', '198.51.100.7'],
    ['::ffff:198.51.100.7', '198.51.100.7'],
    ['[2001:db8::1]:443', '2001:db8::1'],
    ['[::1]', '::1'],
    ['fe80::1%eth0', 'fe80::1'],
    ['2001:db8:1111:a:b0::200', '2001:db8:1111:a:b0::200'],
  ])('%s is %s', (text, expected) => expect(cleanAddress(text)).toBe(expected))

  it.each(['', 'unknown', '300.1.1.1', '1.2.3', '_hidden', '1.2.3.4, 5.6.7.8', undefined])(
    '%s is not an address',
    (text) => {
      expect(cleanAddress(text)).toBeUndefined()
    },
  )
})
