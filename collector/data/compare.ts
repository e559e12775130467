/** Compares a finished table with its source by mmdb-lib's own look-up: at every edge of a range and at random. */
import type { Reader } from 'mmdb-lib'
import type { Table } from '../src/region/table.js'
import { codeOf, type RangeStarts } from './walk.js'

export interface Comparison {
  /** Which addresses were compared. */
  label: string
  checked: number
  different: number
  /** The first address with different answers. */
  example?: string
}

const randomBelow = (limit: number) => Math.floor(Math.random() * limit)
const text4 = (address: number) => [24, 16, 8, 0].map((bits) => (address >>> bits) & 255).join('.')
const hex = (value: number) => value.toString(16)
/** An address in a /48. */
const text6 = (key: number, rest = ':') => {
  const low = key % 2 ** 32
  return `${hex(Math.floor(key / 2 ** 32))}:${hex(Math.floor(low / 65_536))}:${hex(low % 65_536)}:${rest}`
}
const randomRest = () => Array.from({ length: 5 }, () => hex(randomBelow(65_536))).join(':')

/** MaxMind's trees hold tunnels as aliases of IPv4; the table leaves them out. */
const isTunnel = (key: number) =>
  Math.floor(key / 2 ** 32) === 0x2002 || Math.floor(key / 2 ** 16) === 0x2001_0000

export function compare(
  table: Table,
  source: { ipv4: Reader<never>; ipv6: Reader<never> },
  ranges: { ipv4: RangeStarts; ipv6: RangeStarts },
  randomAddresses = 600_000,
): Comparison[] {
  const { starts: starts4 } = ranges.ipv4
  const starts6 = ranges.ipv6.starts.filter((key) => !isTunnel(key) && !isTunnel(key - 1) && key > 1)
  const compareAll = (label: string, reader: Reader<never>, addresses: Iterable<string>): Comparison => {
    const result: Comparison = { label, checked: 0, different: 0 }
    for (const address of addresses) {
      result.checked++
      if (table.lookup(address) === codeOf(reader.get(address))) continue
      result.different++
      result.example ??= address
    }
    return result
  }
  return [
    compareAll('IPv4, random', source.ipv4, repeat(randomAddresses, randomIpv4)),
    compareAll('IPv4, both sides of every edge', source.ipv4, edges(starts4, text4, 2 ** 32 - 1)),
    compareAll('IPv6, random', source.ipv6, repeat(randomAddresses / 2, randomIpv6)),
    compareAll('IPv6, both sides of every edge', source.ipv6, edges(starts6, text6, 2 ** 48 - 1)),
  ]
}

function* edges(starts: readonly number[], text: (start: number) => string, last: number) {
  for (const start of starts) {
    yield text(start)
    if (start > 0) yield text(start - 1)
  }
  yield text(last)
}

function* repeat(times: number, make: () => string) {
  for (let made = 0; made < times; made++) yield make()
}

const randomIpv4 = () => text4(randomBelow(2 ** 32))

/** An address of 2000::/3 outside of the tunnels. */
function randomIpv6(): string {
  let key: number
  do key = 0x2000_0000_0000 + randomBelow(2 ** 45)
  while (isTunnel(key))
  return text6(key, randomRest())
}

/**
 * The share of random addresses within a range's first /48 whose code differs from the code of that /48. The table
 * keeps nothing finer than a /48, so this is reported and not an error.
 */
export function innerDifferences(table: Table, reader: Reader<never>, starts: readonly number[]): number {
  const keys = starts.filter((key) => !isTunnel(key) && key > 1)
  const checked = 100_000
  let different = 0
  for (let at = 0; at < checked; at++) {
    const address = text6(keys[randomBelow(keys.length)] as number, randomRest())
    if (table.lookup(address) !== codeOf(reader.get(address))) different++
  }
  return different / checked
}
