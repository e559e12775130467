import { describe, expect, it } from 'vitest'
import { cleanAddress, publicAddress } from './client-ip.js'

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

describe('the public address in', () => {
  it.each([
    ['81.2.69.160', '81.2.69.160'],
    ['81.2.69.160, 10.0.0.1', '81.2.69.160'],
    ['10.0.0.1, unknown, 81.2.69.160:4711', '81.2.69.160'],
    [' [2a00:1450:4001::1]:443 ', '2a00:1450:4001::1'],
    ['::ffff:81.2.69.160', '81.2.69.160'],
    ['10.0.0.1', undefined],
    ['::ffff:10.0.0.1', undefined],
    ['unknown', undefined],
    ['', undefined],
    [undefined, undefined],
    ['1'.repeat(2_000), undefined],
  ])('%j is %j', (text, expected) => {
    expect(publicAddress(text)).toBe(expected)
    expect(publicAddress(text)).toBe(expected)
  })
})
