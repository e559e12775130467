import { isIP } from 'node:net'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isPublic } from '../http/client-ip.js'
import { createKey, isPlaceable, readKey } from './ip-key.js'

const read = (text: string) => {
  const key = createKey()
  return readKey(text, key) ? key : undefined
}
/** Texts that are almost an address. */
const near = fc
  .array(
    fc.constantFrom('1', '0', '255', '256', 'ffff', '10000', 'a', '.', ':', '::', '%', '-', ' ', '1.2.3.4'),
    {
      maxLength: 18,
    },
  )
  .map((parts) => parts.join(''))
const group = fc.integer({ min: 0, max: 0xffff })

describe('an address as numbers', () => {
  it.each([
    ['0.0.0.0', 4, 0, 0],
    ['128.32.1.1', 4, 0x80200101, 0],
    ['255.255.255.255', 4, 0xffffffff, 0],
    ['2601:640::1', 6, 0x26010640, 0],
    ['2601:0640:ABCD::', 6, 0x26010640, 0xabcd],
    ['1:2:3:4:5:6:7:8', 6, 0x00010002, 3],
    ['1::8', 6, 0x00010000, 0],
    ['::2:3:4:5:6:7:8', 6, 0x00000002, 3],
    ['1:2:3:4:5:6:7::', 6, 0x00010002, 3],
    ['::', 6, 0, 0],
    ['64:ff9b::192.0.2.1', 6, 0x0064ff9b, 0],
    ['::ffff:128.32.1.1', 4, 0x80200101, 0],
    ['::FFFF:8020:0101', 4, 0x80200101, 0],
    ['0:0:0:0:0:ffff:128.32.1.1', 4, 0x80200101, 0],
  ])('%s', (text, family, high, low) => expect(read(text)).toEqual({ family, high, low }))

  it.each([
    '',
    '1.2.3',
    '300.1.1.1',
    '1.2.3.4.5',
    '01.2.3.4',
    '1.2.3.4 ',
    ' 1.2.3.4',
    '1..2.3',
    '1.2.3.',
    '0x1.2.3.4',
    '1-2-3-4',
    '1/2/3/4',
  ])('"%s" is none', (text) => expect(read(text)).toBeUndefined())

  it.each([
    ':',
    ':::',
    '1::2::3',
    '1:2',
    '::1%eth0',
    'fe80::1%eth0',
    '12345::',
    '::g',
    '1:2:3:4:5:6:7:8:9',
    '::1.2.3',
    '1:',
    '1:::2',
    '1:2:3:4:5:6:7:8:',
    '1::2:3:4:5:6:7:8',
    '1::2:3:4:5:6:7:8:9',
    '1:2:3:4:5:6:7:1.2.3.4',
  ])('"%s" is none', (text) => expect(read(text)).toBeUndefined())

  it('takes exactly what Node takes', () => {
    fc.assert(
      fc.property(fc.oneof(near, fc.ipV4(), fc.ipV6(), fc.string()), (text) => {
        fc.pre(!text.includes('%'))
        expect(read(text) !== undefined).toBe(isIP(text) !== 0)
      }),
      { numRuns: 2_000 },
    )
  })

  it('reads the first 48 bits of any IPv6 address however it is shortened', () => {
    fc.assert(
      fc.property(fc.array(group, { minLength: 8, maxLength: 8 }), (groups) => {
        const long = groups.map((one) => one.toString(16).padStart(4, '0')).join(':')
        const short = new URL(`http://[${long}]`).hostname.slice(1, -1)
        const [a = 0, b = 0, c = 0] = groups
        fc.pre(a !== 0)
        for (const text of [long, short, long.toUpperCase()]) {
          expect(read(text)).toEqual({ family: 6, high: a * 65_536 + b, low: c })
        }
      }),
    )
  })
})

describe('an address that can be placed', () => {
  const agrees = (text: string) => {
    const key = read(text)
    expect(key && isPlaceable(key), text).toBe(isPublic(text))
  }

  it('is one that the intake calls public: IPv4', () => {
    const octet = fc.integer({ min: 0, max: 255 })
    const first = fc.oneof(octet, fc.constantFrom(0, 10, 100, 127, 169, 172, 192))
    const second = fc.oneof(octet, fc.constantFrom(15, 16, 31, 32, 63, 64, 127, 128, 168, 254))
    fc.assert(
      fc.property(first, second, octet, octet, (...octets) => agrees(octets.join('.'))),
      { numRuns: 2_000 },
    )
  })

  it('is one that the intake calls public: IPv6 and mapped IPv4', () => {
    const first = fc.oneof(
      group,
      fc.constantFrom(0xfbff, 0xfc00, 0xfdff, 0xfe00, 0xfe7f, 0xfe80, 0xfebf, 0xfec0),
    )
    fc.assert(
      fc.property(first, group, (a, b) => {
        fc.pre(a !== 0)
        agrees(`${a.toString(16)}:${b.toString(16)}::1`)
      }),
      { numRuns: 2_000 },
    )
    for (const text of ['::', '::1', '::ffff:10.0.0.1', '::ffff:8.8.8.8']) agrees(text)
  })
})
