import { describe, expect, it } from 'vitest'
import { type Mmdb, shapes, writeMmdb } from '../../../tests/support/mmdb-writer.js'
import { compare } from '../../data/compare.js'
import { encode } from '../../data/encode.js'
import { codeOf, names, ranges4, ranges6 } from '../../data/walk.js'
import { readMmdb } from './mmdb.js'
import { createTable } from './table.js'

const about = { source: 'A test', licence: 'none', built: '2026-06-05', names }
const ca = names.indexOf('CA')
const ny = names.indexOf('NY')
const named = (codes: number[]) => codes.map((code) => names[code])

describe.each(Object.entries(shapes))('a database in the format of %s', (_, shape) => {
  it.each([
    [shape('US', 'CA', 'California'), 'CA'],
    [shape('US', 'DC', 'District of Columbia'), 'DC'],
    [shape('US'), 'US'],
    [shape('US', 'AE', 'Armed Forces'), 'US'],
    [shape('DE', 'CA', 'California'), '~'],
    [shape('PR'), '~'],
    [shape(''), ''],
    [shape('ZZ'), ''],
  ])('%j has the code of "%s"', (record, name) => expect(names[codeOf(record)]).toBe(name))

  const networks: Mmdb['networks'] = {
    '16.0.0.0/4': shape('DE'),
    '18.0.0.0/8': shape('US', 'NY', 'New York'),
    '18.128.0.0/9': shape('US', 'NY', 'New York'),
    '200.0.0.0/8': shape('DE'),
    '18.9.22.69/32': shape('US', 'CA', 'California'),
  }
  const networks6: Mmdb['networks'] = {
    '2601:640::/32': shape('US', 'CA', 'California'),
    '2601:641::/32': shape('US', 'CA', 'California'),
    // Does not start at the edge of a /48, so it moves to the next one.
    '2a00:1:1:8000::/49': shape('US', 'NY', 'New York'),
    '2a00:1:2::/48': shape('DE'),
    '2a00:1:3:4::/64': shape('US', 'NY', 'New York'),
  }

  it.each([24, 28, 32] as const)('is read into ranges, with records of %i bits', (recordSize) => {
    const { tree } = readMmdb(writeMmdb({ ipVersion: 4, recordSize, networks }))
    const { starts, codes } = ranges4(tree)
    expect(starts.map((start) => start.toString(16))).toEqual([
      '0',
      '10000000',
      '12000000',
      '12091645',
      '12091646',
      '13000000',
      '20000000',
      'c8000000',
      'c9000000',
    ])
    expect(named(codes)).toEqual(['', '~', 'NY', 'CA', 'NY', '~', '', '~', ''])
  })

  it('gives the same ranges from a file with IPv4 and IPv6', () => {
    const { tree } = readMmdb(writeMmdb({ ipVersion: 6, networks: { ...networks, ...networks6 } }))
    const { tree: alone } = readMmdb(writeMmdb({ ipVersion: 4, networks }))
    expect(ranges4(tree)).toEqual(ranges4(alone))
  })

  it('gives each /48 the code of its first address', () => {
    const { tree } = readMmdb(writeMmdb({ ipVersion: 6, networks: networks6 }))
    const { starts, codes } = ranges6(tree)
    expect(starts.map((start) => start.toString(16))).toEqual([
      '0',
      '260106400000',
      '260106420000',
      '2a0000010002',
      '2a0000010003',
    ])
    expect(named(codes)).toEqual(['', 'CA', '', '~', ''])
  })

  it('leaves tunnels unknown', () => {
    const all = { ...networks, ...networks6 }
    const tunnels = writeMmdb({ ipVersion: 6, networks: all, aliases: ['2002::/16', '2001::/32'] })
    const without = writeMmdb({ ipVersion: 6, networks: all })
    expect(ranges6(readMmdb(tunnels).tree)).toEqual(ranges6(readMmdb(without).tree))
  })
})

describe('the comparison with the source', () => {
  const source = readMmdb(
    writeMmdb({
      ipVersion: 6,
      networks: { '18.0.0.0/8': shapes.MaxMind('US', 'CA'), '2601:640::/32': shapes.MaxMind('US', 'NY') },
    }),
  )
  const readers = { ipv4: source.reader, ipv6: source.reader }
  const ranges = { ipv4: ranges4(source.tree), ipv6: ranges6(source.tree) }
  const differences = (table: Parameters<typeof compare>[0]) =>
    compare(table, readers, ranges, 20_000).map(({ different }) => different > 0)

  it('finds no difference in a correct table', () => {
    expect(ranges).toEqual({
      ipv4: { starts: [0, 0x12000000, 0x13000000], codes: [0, ca, 0] },
      ipv6: { starts: [0, 0x260106400000, 0x260106410000], codes: [0, ny, 0] },
    })
    expect(differences(createTable(encode(about, ranges.ipv4, ranges.ipv6)))).toEqual([
      false,
      false,
      false,
      false,
    ])
  })

  it('finds an edge that is one address off', () => {
    const off4 = { ...ranges.ipv4, starts: [0, 0x12000001, 0x13000000] }
    expect(differences(createTable(encode(about, off4, ranges.ipv6)))[1]).toBe(true)
    const off6 = { ...ranges.ipv6, starts: [0, 0x260106400000, 0x260106410001] }
    expect(differences(createTable(encode(about, ranges.ipv4, off6)))[3]).toBe(true)
  })

  it('finds a wrong code by random addresses', () => {
    const wrong4 = { ...ranges.ipv4, codes: [0, ny, 0] }
    expect(differences(createTable(encode(about, wrong4, ranges.ipv6)))[0]).toBe(true)
  })
})
