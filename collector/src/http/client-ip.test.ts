import { describe, expect, it } from 'vitest'
import { cleanAddress, isPublic } from './client-ip.js'
import { bucketKey, createLimiter } from './rate-limit.js'

describe('an address', () => {
  it.each([
    ['198.51.100.7', '198.51.100.7'],
    [' 198.51.100.7 ', '198.51.100.7'],
    ['198.51.100.7:1234', '198.51.100.7'],
    ['::ffff:198.51.100.7', '198.51.100.7'],
    ['[2001:db8::1]:443', '2001:db8::1'],
    ['fe80::1%eth0', 'fe80::1'],
    ['2001:db8:1111:a:b0::200', '2001:db8:1111:a:b0::200'],
  ])('%s is %s', (text, expected) => expect(cleanAddress(text)).toBe(expected))

  it.each(['', 'unknown', '300.1.1.1', '1.2.3', '_hidden', '1.2.3.4, 5.6.7.8', undefined])(
    '%s is none',
    (text) => {
      expect(cleanAddress(text)).toBeUndefined()
    },
  )

  it.each([
    '10.1.2.3',
    '127.0.0.1',
    '100.64.0.1',
    '169.254.1.1',
    '172.31.0.1',
    '192.168.1.1',
    '::1',
    '::',
    'fd00::1',
    'fe80::1',
  ])('%s is not public', (address) => expect(isPublic(address)).toBe(false))

  it.each(['198.51.100.7', '172.32.0.1', '100.128.0.1', '2001:db8::1'])('%s is public', (address) => {
    expect(isPublic(address)).toBe(true)
  })
})

describe('the limit of requests', () => {
  it('lets a burst through, then says how long to wait, then lets the next one through', () => {
    const limiter = createLimiter(60)
    for (let at = 0; at < 100; at++) expect(limiter.take('198.51.100.7', 1_000)).toBe(0)
    expect(limiter.take('198.51.100.7', 1_000)).toBe(1)
    expect(limiter.take('198.51.100.8', 1_000)).toBe(0)
    expect(limiter.take('198.51.100.7', 2_100)).toBe(0)
  })

  it('takes an IPv6 /64 for one address', () => {
    expect(bucketKey('2001:db8::1')).toBe(bucketKey('2001:0db8:0:0:ffff::2'))
    expect(bucketKey('2001:db8:0:1::1')).not.toBe(bucketKey('2001:db8::1'))
    expect(bucketKey('::1')).toBe('0:0:0:0')
  })
})
