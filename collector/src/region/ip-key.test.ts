import { isIP } from 'node:net'
import fc from 'fast-check'
import ipaddr from 'ipaddr.js'
import { describe, expect, it } from 'vitest'
import { createIpKey, isRoutable, readIpKey } from './ip-key.js'

const read = (text: string) => {
  const key = createIpKey()
  return readIpKey(text, key) ? key : undefined
}
/** Texts that resemble an address. */
const near = fc
  .array(
    fc.constantFrom('1', '0', '255', '256', 'ffff', '10000', 'a', '.', ':', '::', '%', '-', ' ', '1.2.3.4'),
    {
      maxLength: 18,
    },
  )
  .map((parts) => parts.join(''))
const group = fc.integer({ min: 0, max: 0xffff })

describe('an IP address as numbers', () => {
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
  ])('"%s" is not an address', (text) => expect(read(text)).toBeUndefined())

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
  ])('"%s" is not an address', (text) => expect(read(text)).toBeUndefined())

  it('is accepted exactly when Node accepts it', () => {
    fc.assert(
      fc.property(fc.oneof(near, fc.ipV4(), fc.ipV6(), fc.string()), (text) => {
        fc.pre(!text.includes('%'))
        expect(read(text) !== undefined).toBe(isIP(text) !== 0)
      }),
      { numRuns: 2_000 },
    )
  })

  it('holds the first 48 bits of any IPv6 address however it is shortened', () => {
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

/** Ranges that cannot be located, by ipaddr.js' names. */
const unroutable = ['unspecified', 'loopback', 'linkLocal', 'private', 'carrierGradeNat', 'uniqueLocal']
const bits48 = ipaddr.IPv6.parseCIDR('::/48')

/** What ipaddr.js says; all of ::/48 is left out as well, IPv4-mapped addresses aside. */
function isRoutableByIpaddr(text: string): boolean {
  // ipaddr.js takes `::1.2.3.4` for a mapped address; the hexadecimal form of the URL parser is unambiguous.
  const hexadecimal = text.includes(':') ? new URL(`http://[${text}]`).hostname.slice(1, -1) : text
  const parsed = ipaddr.process(hexadecimal)
  if (parsed instanceof ipaddr.IPv6 && parsed.match(bits48)) return false
  return !unroutable.includes(parsed.range())
}

type Range = [address: { toByteArray(): number[] }, bits: number]

/** The first and the last address of each range that ipaddr.js knows, and their neighbours outside. */
function edges({ prototype }: typeof ipaddr.IPv4 | typeof ipaddr.IPv6): string[] {
  const { SpecialRanges } = prototype as unknown as { SpecialRanges: Record<string, Range | Range[]> }
  return Object.values(SpecialRanges)
    .flatMap((ranges) => (Array.isArray(ranges[0]) ? (ranges as Range[]) : [ranges as Range]))
    .flatMap(([address, bits]) => {
      const bytes = address.toByteArray()
      const first = BigInt(`0x${Buffer.from(bytes).toString('hex')}`)
      const size = 1n << BigInt(8 * bytes.length - bits)
      return [first - 1n, first, first + size - 1n, first + size].flatMap((value) =>
        textOf(value, bytes.length),
      )
    })
}

/** The address of a number; nothing beyond the last address. */
function textOf(value: bigint, byteCount: number): string[] {
  if (value < 0n || value >= 1n << BigInt(8 * byteCount)) return []
  const bytes = Buffer.from(value.toString(16).padStart(2 * byteCount, '0'), 'hex')
  return [ipaddr.fromByteArray([...bytes]).toString()]
}

describe('an address that can be located', () => {
  const agree = (text: string) => {
    const key = read(text)
    expect(key && isRoutable(key), text).toBe(isRoutableByIpaddr(text))
  }

  it('is the same as by ipaddr.js at the edges of all ranges', () => {
    const all = [...edges(ipaddr.IPv4), ...edges(ipaddr.IPv6)]
    expect(all.length).toBeGreaterThan(120)
    for (const text of all) agree(text)
  })

  it('is the same as by ipaddr.js for random addresses, mapped ones too', () => {
    const octet = fc.integer({ min: 0, max: 255 })
    const first = fc.oneof(octet, fc.constantFrom(0, 10, 100, 127, 169, 172, 192))
    const second = fc.oneof(octet, fc.constantFrom(15, 16, 31, 32, 63, 64, 127, 128, 168, 254))
    const ipv4 = fc.tuple(first, second, octet, octet).map((octets) => octets.join('.'))
    const top = fc.oneof(
      group,
      fc.constantFrom(0, 0xfbff, 0xfc00, 0xfdff, 0xfe00, 0xfe7f, 0xfe80, 0xfebf, 0xfec0),
    )
    const ipv6 = fc.tuple(top, group).map(([a, b]) => `${a.toString(16)}:${b.toString(16)}::1`)
    const mapped = ipv4.map((text) => `::ffff:${text}`)
    fc.assert(
      fc.property(fc.oneof(ipv4, ipv6, mapped, fc.ipV6()), (text) => agree(text)),
      { numRuns: 5_000 },
    )
  })
})
