import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { brotliDecompressSync } from 'node:zlib'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { compress, encode } from '../../data/encode.js'
import { names } from '../../data/walk.js'
import { createTable, loadTable } from './table.js'

const about = { source: 'A test', licence: 'none', built: '2026-06-05', names }
const one = { starts: [0], codes: [0] }

describe('the encoder', () => {
  it('writes the documented bytes', () => {
    const raw = encode(
      { source: 's', licence: 'l', built: '2026-01-01', names: ['', '~', 'US'] },
      { starts: [0, 300], codes: [0, 1] },
      { starts: [0, 2 ** 35], codes: [0, 2] },
    )
    const header = '{"source":"s","licence":"l","built":"2026-01-01","n4":2,"n6":2,"names":["","~","US"]}'
    const body = [0, 0xac, 2, 0, 1, 0, 0x80, 0x80, 0x80, 0x80, 0x80, 1, 0, 2]
    expect(raw).toEqual(
      Buffer.concat([Buffer.from([header.length, 0, 0, 0]), Buffer.from(header), Buffer.from(body)]),
    )
    expect(brotliDecompressSync(compress(raw))).toEqual(raw)
  })
})

describe('a damaged table', () => {
  const small = encode(
    about,
    { starts: [0, 300, 2 ** 31], codes: [0, 1, 5] },
    { starts: [0, 2 ** 40], codes: [0, 2] },
  )
  let folder: string
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tagferry-table-'))
  })
  afterAll(() => rm(folder, { recursive: true }))
  const load = async (bytes: Buffer) => {
    const path = join(folder, 'table.bin.br')
    await writeFile(path, bytes)
    return loadTable(path)
  }

  it('is distinguished from an intact one', async () => {
    expect(await load(compress(small))).toMatchObject({ ok: true, table: { header: { n4: 3, n6: 2 } } })
  })

  it('is refused when it is cut anywhere, packed or not', async () => {
    for (let length = 0; length < small.length; length++) {
      expect(() => createTable(small.subarray(0, length)), `${length} bytes`).toThrow(/^it/)
    }
    const packed = compress(small)
    for (const length of [0, 1, 10, packed.length >> 1, packed.length - 1]) {
      const loaded = await load(packed.subarray(0, length))
      expect(loaded).toMatchObject({ ok: false, problem: expect.stringContaining('restore the file') })
    }
  })

  it('never crashes or hangs when any byte is changed', () => {
    fc.assert(
      fc.property(fc.nat(small.length - 1), fc.nat(255), (at, byte) => {
        const changed = Buffer.from(small)
        changed[at] = byte
        try {
          expect(createTable(changed).lookup('128.32.1.1')).toBeLessThan(names.length)
        } catch (error) {
          expect((error as Error).message).toMatch(/^it/)
        }
      }),
      { numRuns: 2_000 },
    )
  })

  const withHeader = (change: object, body = small.subarray(4 + small.readUInt32LE(0))) => {
    const header = Buffer.from(JSON.stringify({ ...about, n4: 3, n6: 2, ...change }))
    const length = Buffer.alloc(4)
    length.writeUInt32LE(header.length)
    return Buffer.concat([length, header, body])
  }

  it.each([
    [{ n4: 1e12 }, 'it ends within its ranges'],
    [{ n4: -1 }, 'its header does not fit'],
    [{ n6: 1.5 }, 'its header does not fit'],
    [{ n6: 1 }, 'a code without a name'],
    [{ names: ['', '~', 'US'] }, 'a code without a name'],
    [{ names: ['', 'US', '~'] }, 'its header does not fit'],
    [{ names: ['', '~', 'US', 'XX'] }, 'its header does not fit'],
    [{ names: 'CA' }, 'its header does not fit'],
    [{ source: undefined }, 'names no source'],
    [{ built: 'yesterday' }, 'has no date'],
  ])('is refused with the header %j', (change, problem) => {
    expect(() => createTable(withHeader(change))).toThrow(problem)
  })

  it.each([
    ['not starting at 0', [1, 5, 5], [0, 1, 2]],
    ['repeated', [0, 0, 5], [0, 1, 2]],
  ])('is refused with starts %s', (_, starts, codes) => {
    expect(() => createTable(encode(about, { starts, codes }, one))).toThrow('out of order')
  })

  it('is refused with starts beyond the last address', () => {
    expect(() => createTable(encode(about, { starts: [0, 2 ** 32], codes: [0, 1] }, one))).toThrow(
      'out of order',
    )
    expect(() => createTable(encode(about, one, { starts: [0, 2 ** 48], codes: [0, 1] }))).toThrow(
      'out of order',
    )
  })

  it('is refused with an endless varint', () => {
    const body = [0, ...Array<number>(200).fill(0x80), 0, 0, 0, 0, 0]
    expect(() => createTable(withHeader({ n4: 2, n6: 1 }, Buffer.from(body)))).toThrow(/^it/)
  })

  it.each([0, 1, 3, 4, 20])('is refused with %i bytes, as its header is cut', (length) => {
    expect(() => createTable(small.subarray(0, length))).toThrow('within its header')
  })

  it('is refused with bytes after its end', () => {
    expect(() => createTable(Buffer.concat([small, Buffer.alloc(1)]))).toThrow('its length')
  })

  it('is reported with its path and a remedy when it is missing or unpacks without end', async () => {
    const path = join(folder, 'none.bin.br')
    const missing = await loadTable(path)
    expect(missing).toMatchObject({
      ok: false,
      problem: expect.stringMatching(/none\.bin\.br.*build it again/),
    })
    const bomb = await load(compress(Buffer.alloc(20_000_000)))
    expect(bomb).toMatchObject({ ok: false, problem: expect.stringContaining('larger than') })
  })
})
