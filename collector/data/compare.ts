/** Holds a finished table to its source: every edge of a range and random addresses, by mmdb-lib's own look-up. */
import type { Reader } from 'mmdb-lib'
import type { Table } from '../src/region/table.js'
import { codeOf, type Starts } from './walk.js'

export interface Comparison {
  what: string
  asked: number
  different: number
  /** The first address with different answers. */
  example?: string
}

const below = (limit: number) => Math.floor(Math.random() * limit)
const text4 = (address: number) => [24, 16, 8, 0].map((bits) => (address >>> bits) & 255).join('.')
const hex = (value: number) => value.toString(16)
/** An address in a /48. */
const text6 = (key: number, rest = ':') => {
  const low = key % 2 ** 32
  return `${hex(Math.floor(key / 2 ** 32))}:${hex(Math.floor(low / 65_536))}:${hex(low % 65_536)}:${rest}`
}
const randomRest = () => Array.from({ length: 5 }, () => hex(below(65_536))).join(':')

/** Tunnels stand in MaxMind's trees as second names of IPv4; the table leaves them out. */
const isTunnel = (key: number) =>
  Math.floor(key / 2 ** 32) === 0x2002 || Math.floor(key / 2 ** 16) === 0x2001_0000

export function compare(
  table: Table,
  source: { ipv4: Reader<never>; ipv6: Reader<never> },
  ranges: { ipv4: Starts; ipv6: Starts },
  times = 600_000,
): Comparison[] {
  const count = (what: string, reader: Reader<never>, addresses: Iterable<string>): Comparison => {
    const result: Comparison = { what, asked: 0, different: 0 }
    for (const address of addresses) {
      result.asked++
      if (table.lookup(address) === codeOf(reader.get(address))) continue
      result.different++
      result.example ??= address
    }
    return result
  }
  const { starts: starts4 } = ranges.ipv4
  const starts6 = ranges.ipv6.starts
  const edges = function* (starts: readonly number[], text: (start: number) => string, last: number) {
    for (const start of starts) {
      yield text(start)
      if (start > 0) yield text(start - 1)
    }
    yield text(last)
  }
  const random = function* (times: number, make: () => string) {
    for (let at = 0; at < times; at++) yield make()
  }
  const routed6 = () => 0x2000_0000_0000 + below(2 ** 45)
  const known6 = starts6.filter((key) => !isTunnel(key) && !isTunnel(key - 1) && key > 1)
  return [
    count(
      'IPv4, random',
      source.ipv4,
      random(times, () => text4(below(2 ** 32))),
    ),
    count('IPv4, both sides of every edge', source.ipv4, edges(starts4, text4, 2 ** 32 - 1)),
    count(
      'IPv6, random',
      source.ipv6,
      random(times / 2, () => {
        let key = routed6()
        while (isTunnel(key)) key = routed6()
        return text6(key, randomRest())
      }),
    ),
    count('IPv6, both sides of every edge', source.ipv6, edges(known6, text6, 2 ** 48 - 1)),
  ]
}

/** How often an address deep in a /48 at the edge of a range has another code than the /48's first: told, not judged. */
export function fineness(table: Table, reader: Reader<never>, starts: readonly number[]): number {
  const keys = starts.filter((key) => !isTunnel(key) && key > 1)
  const asked = 100_000
  let different = 0
  for (let at = 0; at < asked; at++) {
    const address = text6(keys[below(keys.length)] as number, randomRest())
    if (table.lookup(address) !== codeOf(reader.get(address))) different++
  }
  return different / asked
}
