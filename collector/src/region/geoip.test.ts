import { mkdtemp, rename, rm, truncate, unlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { type Mmdb, shapes, writeMmdb } from '../../../tests/support/mmdb-writer.js'
import { type Geoip, openGeoip } from './geoip.js'

let folder: string
let path: string
let opened: Geoip[]
let warnings: string[]
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tagferry-geoip-'))
  path = join(folder, 'city.mmdb')
  opened = []
  warnings = []
})
afterEach(async () => {
  for (const one of opened) one.close()
  await rm(folder, { recursive: true })
})

const open = async (bytes: Buffer): Promise<Geoip> => {
  await writeFile(path, bytes)
  const result = await openGeoip(path, { warn: (message) => warnings.push(message), intervalMs: 20 })
  if (!result.ok) throw new Error(result.problem)
  opened.push(result.geoip)
  return result.geoip
}
const problem = async (bytes: Buffer): Promise<string> => {
  await writeFile(path, bytes)
  const result = await openGeoip(path, { warn: () => {} })
  if (!result.ok) return result.problem
  result.geoip.close()
  return ''
}
/** A database in which all of 128.0.0.0/8 is one state. */
const all = (state: string, more: Partial<Mmdb> = {}) =>
  writeMmdb({ ipVersion: 6, networks: { '128.0.0.0/8': shapes.MaxMind('US', state) }, ...more })
const california = { us: true, country: 'US', region: 'CA', source: 'geoip' }

describe.each(Object.entries(shapes))("an owner's database as %s writes it", (_, shape) => {
  const networks = {
    '128.32.0.0/16': shape('US', 'CA', 'California'),
    '129.0.0.0/8': shape('US'),
    '130.0.0.0/8': shape('DE', 'BY', 'Bavaria'),
    '131.0.0.0/8': shape('PR'),
    '132.0.0.0/8': shape(''),
  }

  describe.each([24, 28, 32] as const)('with records of %i bits', (recordSize) => {
    it.each([4, 6] as const)('places IPv4 addresses in a file for IPv%i', async (ipVersion) => {
      const geoip = await open(writeMmdb({ ipVersion, recordSize, networks }))
      expect(geoip.find('128.32.1.1')).toEqual(california)
      expect(geoip.find('129.1.1.1')).toEqual({ us: true, country: 'US', source: 'geoip' })
      expect(geoip.find('130.1.1.1')).toEqual({ us: false, country: 'DE', source: 'geoip' })
      expect(geoip.find('131.1.1.1')).toEqual({ us: false, country: 'PR', source: 'geoip' })
      // Asked twice: the second answer comes from memory.
      for (const nowhere of ['132.1.1.1', '1.1.1.1', '132.1.1.1']) expect(geoip.find(nowhere)).toBeUndefined()
      expect(geoip.find('128.32.1.1')).toEqual(california)
    })
  })

  it('places IPv6 addresses', async () => {
    const geoip = await open(
      writeMmdb({ ipVersion: 6, networks: { '2601:640::/32': shape('US', 'CA', 'California') } }),
    )
    expect(geoip.find('2601:640::1')).toEqual(california)
    expect(geoip.find('2601:641::1')).toBeUndefined()
  })
})

describe("an owner's database", () => {
  it('knows nothing of IPv6 when it is a file of IPv4, where the reader would answer nonsense', async () => {
    const networks = { '0.0.0.0/1': shapes.MaxMind('US', 'CA'), '128.0.0.0/1': shapes.MaxMind('US', 'CA') }
    const geoip = await open(writeMmdb({ ipVersion: 4, networks }))
    expect(geoip.find('1.1.1.1')).toEqual(california)
    for (const address of ['2601:640::1', '::1', '::ffff:1.1.1.1'])
      expect(geoip.find(address)).toBeUndefined()
  })

  it.each([
    '300.1.1.1',
    '1.2.3',
    '',
    ' 128.1.1.1',
    '128.1.1.1:80',
    'fe80::1%eth0',
    'unknown',
    '128.1.1.1.1',
    '🙂',
  ])('does not place "%s"', async (text) => {
    const networks = { '0.0.0.0/1': shapes.MaxMind('US', 'CA'), '128.0.0.0/1': shapes.MaxMind('US', 'CA') }
    expect((await open(writeMmdb({ ipVersion: 4, networks }))).find(text)).toBeUndefined()
  })

  it('says what it is', async () => {
    const geoip = await open(
      all('CA', { type: 'GeoLite2-City', builtAt: Date.parse('2026-06-05T13:00:00Z') / 1000 }),
    )
    expect(geoip.about()).toEqual({ type: 'GeoLite2-City', built: '2026-06-05' })
  })

  it('survives a record that cannot be read', async () => {
    // More records than the check at the opening looks at.
    const networks = Array.from({ length: 5_000 }, (_, at) => [
      `128.${at >> 8}.${at & 255}.0/24`,
      shapes['ip-location-db']('US', '', at === 1_234 ? 'Damaged' : 'California'),
    ])
    const bytes = writeMmdb({ ipVersion: 4, networks: Object.fromEntries(networks) })
    // The byte that says "a text of seven bytes follows" says "a type that does not exist".
    bytes.fill(0, bytes.indexOf('Damaged') - 1, bytes.indexOf('Damaged') + 1)
    const geoip = await open(bytes)
    expect(geoip.find('128.4.210.1')).toBeUndefined()
    expect(geoip.find('128.4.211.1')).toEqual(california)
  })
})

describe('a database that cannot be used at the start', () => {
  it('is one that is not there', async () => {
    const result = await openGeoip(join(folder, 'none.mmdb'), { warn: () => {} })
    expect(result).toMatchObject({
      ok: false,
      problem: expect.stringMatching(/none\.mmdb .*TAGFERRY_GEOIP_DB/),
    })
  })

  it('is a folder', async () => {
    expect(await openGeoip(folder, { warn: () => {} })).toMatchObject({ ok: false })
  })

  it('is one that ends anywhere', async () => {
    const bytes = all('CA')
    for (const part of [0, 0.1, 0.5]) {
      expect(await problem(bytes.subarray(0, bytes.length * part))).toContain('not complete')
    }
    for (let missing = 1; missing < 160; missing++) {
      expect(await problem(bytes.subarray(0, -missing)), `${missing} less`).toMatch(/not complete|metadata/)
    }
  })

  it('is one that begins anywhere', async () => {
    const bytes = all('CA')
    expect(await problem(bytes.subarray(bytes.length >> 1))).toContain('not complete')
  })

  it('is one with garbage for a tree', async () => {
    const bytes = all('CA')
    bytes.fill(0xff, 0, bytes.length >> 1)
    expect(await problem(bytes)).toContain('cannot be used')
  })

  it('is one without countries', async () => {
    const bytes = writeMmdb({ ipVersion: 4, networks: { '128.0.0.0/8': { autonomous_system_number: 1 } } })
    expect(await problem(bytes)).toContain('names no countries')
  })

  it.each(['', 'hello', '\xab\xcd\xefMaxMind.com', 'x'.repeat(100_000)])(
    'is no database: %#',
    async (text) => {
      expect(await problem(Buffer.from(text, 'latin1'))).toContain('cannot be used')
    },
  )
})

describe('a new file', () => {
  const region = (geoip: Geoip) => geoip.find('128.1.1.1')?.region
  /** Longer than a look at the file takes, several times over. */
  const looked = () => new Promise((resolve) => setTimeout(resolve, 200))

  it('is taken without a restart, written over the old one or put in its place', async () => {
    const geoip = await open(all('CA'))
    expect(region(geoip)).toBe('CA')
    await writeFile(path, all('NY'))
    await vi.waitFor(() => expect(region(geoip)).toBe('NY'), 5_000)
    await writeFile(join(folder, 'next'), all('TX'))
    await rename(join(folder, 'next'), path)
    await vi.waitFor(() => expect(region(geoip)).toBe('TX'), 5_000)
    expect(warnings).toEqual([])
  })

  it('is refused while it is half written, then taken', async () => {
    const geoip = await open(all('CA'))
    const next = all('NY')
    await writeFile(path, next.subarray(0, next.length >> 1))
    await vi.waitFor(() => expect(warnings).toHaveLength(1), 5_000)
    expect(warnings[0]).toMatch(/refused, the old one stays in use/)
    expect(region(geoip)).toBe('CA')
    await writeFile(path, next)
    await vi.waitFor(() => expect(region(geoip)).toBe('NY'), 5_000)
  })

  it.each([
    ['empty', (_: Buffer) => truncate(path, 0)],
    ['gone', (_: Buffer) => unlink(path)],
    ['garbage', (_: Buffer) => writeFile(path, 'garbage')],
    [
      'without countries',
      (_: Buffer) => writeFile(path, writeMmdb({ ipVersion: 4, networks: { '1.0.0.0/8': {} } })),
    ],
    [
      'of the right length, with the new head only',
      (old: Buffer) =>
        writeFile(path, Buffer.concat([Buffer.alloc(old.length >> 1, 0xff), old.subarray(old.length >> 1)])),
    ],
  ])('that is %s leaves the old one in use', async (_, change) => {
    const bytes = all('CA')
    const geoip = await open(bytes)
    await change(bytes)
    await vi.waitFor(() => expect(warnings.length).toBeGreaterThan(0), 5_000)
    expect(region(geoip)).toBe('CA')
  })

  it('is not looked for once the database is closed', async () => {
    const geoip = await open(all('CA'))
    geoip.close()
    await writeFile(path, all('NY'))
    await looked()
    expect(region(geoip)).toBe('CA')
  })
})
