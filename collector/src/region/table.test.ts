import { readFile } from 'node:fs/promises'
import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { encode } from '../../data/encode.js'
import { names } from '../../data/walk.js'
import { ageInMonths, createTable, loadTable, type Table } from './table.js'

const file = new URL('../../data/us-states.bin.br', import.meta.url)
const about = { source: 'A test', licence: 'none', built: '2026-06-05', names }
const one = { starts: [0], codes: [0] }

/** Sorted, distinct starts from 0, with a code for each. */
const ranges = (limit: number) =>
  fc
    .uniqueArray(
      fc.oneof(
        fc.integer({ min: 1, max: 70_000 }),
        fc.maxSafeNat().map((n) => 1 + (n % (limit - 1))),
      ),
      {
        maxLength: 40,
      },
    )
    .chain((starts) =>
      fc.record({
        starts: fc.constant<number[]>([0, ...starts.sort((a, b) => a - b)]),
        codes: fc.array(fc.nat(names.length - 1), {
          minLength: starts.length + 1,
          maxLength: starts.length + 1,
        }),
      }),
    )
const text4 = (n: number) => [24, 16, 8, 0].map((bits) => (n >>> bits) & 255).join('.')
const text6 = (key: number) => {
  const digits = key.toString(16).padStart(12, '0')
  return `${digits.slice(0, 4)}:${digits.slice(4, 8)}:${digits.slice(8)}:ffff::1`
}

describe('the embedded table', () => {
  let table: Table
  beforeAll(async () => {
    const loaded = await loadTable(file)
    if (!loaded.ok) throw new Error(loaded.problem)
    table = loaded.table
  })
  const nameOf = (address: string) => table.header.names[table.lookup(address)]

  it.each([
    ['128.32.1.1', 'CA'],
    ['171.64.1.1', 'CA'],
    ['2601:640::1', 'CA'],
    ['::ffff:128.32.1.1', 'CA'],
    ['128.83.1.1', 'TX'],
    ['128.95.1.1', 'WA'],
    ['129.82.1.1', 'CO'],
    ['128.143.1.1', 'VA'],
    ['128.59.1.1', 'NY'],
    ['18.9.22.69', 'MA'],
    ['1.1.1.1', '~'],
    ['2001:4200::1', '~'],
    ['192.168.1.1', ''],
    ['0.0.0.0', ''],
    ['255.255.255.255', ''],
    ['::', ''],
    ['ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff', ''],
  ])('locates %s in "%s"', (address, name) => expect(nameOf(address)).toBe(name))

  it.each([
    '',
    '300.1.1.1',
    '1.2.3',
    ' 128.32.1.1',
    '128.32.1.1:80',
    'fe80::1%eth0',
    'unknown',
    '128.32.1.01',
  ])('gives no place for "%s"', (address) => expect(nameOf(address)).toBe(''))

  it('has a known code for any address, and none for any other text', () => {
    fc.assert(
      fc.property(fc.oneof(fc.ipV4(), fc.ipV6()), (address) => {
        expect(table.lookup(address)).toBeLessThan(names.length)
      }),
    )
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(table.lookup(text)).toBe(0)
      }),
    )
  })

  it('names its source and stays within its size', async () => {
    const { n4, n6, ...rest } = table.header
    expect(rest).toEqual({ source: 'DB-IP City Lite', licence: 'CC BY 4.0', built: '2026-06-05', names })
    expect(n4 + n6).toBeGreaterThan(1_500_000)
    expect((await readFile(file)).length).toBeLessThanOrEqual(1_400_000)
  })
})

describe('a table of random ranges', () => {
  it('gives the right code at every edge: IPv4', () => {
    fc.assert(
      fc.property(ranges(2 ** 32), ({ starts, codes }) => {
        const table = createTable(encode(about, { starts, codes }, one))
        for (const [at, start] of starts.entries()) {
          expect(table.lookup(text4(start))).toBe(codes[at])
          expect(table.lookup(text4((starts[at + 1] ?? 2 ** 32) - 1))).toBe(codes[at])
        }
      }),
    )
  })

  it('gives the right code at every edge: IPv6', () => {
    fc.assert(
      fc.property(ranges(2 ** 48), ({ starts, codes }) => {
        const table = createTable(encode(about, one, { starts, codes }))
        for (const [at, start] of starts.entries()) {
          expect(table.lookup(text6(start))).toBe(codes[at])
          expect(table.lookup(text6((starts[at + 1] ?? 2 ** 48) - 1))).toBe(codes[at])
        }
      }),
    )
  })
})

describe('the age of a table', () => {
  it.each([
    ['2026-06-05', 0],
    ['2026-07-01', 0],
    ['2026-07-06', 1],
    ['2026-12-06', 6],
    ['2028-06-06', 24],
    ['2026-01-01', 0],
  ])('on %s is %i months', (now, months) => {
    expect(ageInMonths('2026-06-05', Date.parse(now))).toBe(months)
  })
})
