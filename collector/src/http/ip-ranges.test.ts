import { describe, expect, it } from 'vitest'
import { isGlobalUnicast, isPublic, isVisitorAddress } from './ip-ranges.js'

describe('the address of a visitor', () => {
  it.each([
    '0.0.0.0',
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
    'fe80::1%eth0',
    'localhost',
    '1.2.3',
    '',
  ])('is not %j', (address) => expect(isPublic(address)).toBe(false))

  it.each(['198.51.100.7', '172.32.0.1', '100.128.0.1', '2001:db8::1', '2606:4700::1.1.1.1'])(
    'can be %s',
    (address) => {
      expect(isPublic(address)).toBe(true)
    },
  )
})

describe('the address of a public web server', () => {
  it.each(['1.1.1.1', '9.9.9.9', '172.15.0.1', '192.0.1.1', '198.17.0.1', '198.20.0.1', '223.255.255.255'])(
    'can be %s',
    (address) => expect(isGlobalUnicast(address)).toBe(true),
  )

  it.each(['2001:200::1', '2606:4700::1111', '2a00:1450:4001::1', '3ffe::1'])('can be %s', (address) => {
    expect(isGlobalUnicast(address)).toBe(true)
  })

  it.each([
    ...['', 'localhost', '1.2.3', 'fe80::1%eth0', '2001:1ff::1'],
    // Private addresses inside of IPv4-mapped, IPv4-compatible, translated, 6to4 and Teredo addresses.
    ...['::ffff:1.1.1.1', '::10.0.0.1', '::ffff:0:10.0.0.1', '64:ff9b::10.0.0.1', '64:ff9b:1::a00:1'],
    ...['2002:a00:1::', '2001::a00:1'],
    // Documentation, benchmarks, protocol assignments, and what IANA has not assigned.
    ...['192.0.2.1', '198.51.100.1', '203.0.113.1', '198.19.255.255', '192.0.0.192', '192.88.99.1'],
    ...['224.0.0.1', '240.0.0.1', '255.255.255.255', '2001:db8::1', '3fff::1', '2001:20::1', '5f00::1'],
    ...['100::1', '1::1', '4000::1', 'fec0::1', 'ff02::1'],
  ])('is not %j', (address) => expect(isGlobalUnicast(address)).toBe(false))
})

describe("an address that is sent as a visitor's", () => {
  it.each([
    '81.2.69.160',
    '8.8.8.8',
    '2a00:1450:4001::1',
    '203.0.113.7',
    '198.51.100.7',
    '192.0.2.1',
    '2001:db8::1',
  ])('can be %s', (address) => expect(isVisitorAddress(address)).toBe(true))

  it.each([
    ...[
      '0.0.0.0',
      '10.0.0.1',
      '100.64.0.1',
      '127.0.0.1',
      '169.254.1.1',
      '172.16.0.1',
      '192.168.1.1',
      '198.18.0.1',
    ],
    ...[
      '192.0.0.1',
      '224.0.0.1',
      '240.0.0.1',
      '255.255.255.255',
      '::',
      '::1',
      'fc00::1',
      'fe80::1',
      'ff02::1',
    ],
    ...['fec0::1', '64:ff9b::10.0.0.1', '2002:a00:1::', '100::1', 'localhost', ''],
  ])('is not %j', (address) => expect(isVisitorAddress(address)).toBe(false))
})
