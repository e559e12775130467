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
/** A database with one state for all of 128.0.0.0/8. */
const oneState = (state: string, more: Partial<Mmdb> = {}) =>
  writeMmdb({ ipVersion: 6, networks: { '128.0.0.0/8': shapes.MaxMind('US', state) }, ...more })
const california = { us: true, country: 'US', region: 'CA', source: 'geoip' }

describe.each(Object.entries(shapes))("an owner's database in the format of %s", (_, shape) => {
  const networks = {
    '128.32.0.0/16': shape('US', 'CA', 'California'),
    '129.0.0.0/8': shape('US'),
    '130.0.0.0/8': shape('DE', 'BY', 'Bavaria'),
    '131.0.0.0/8': shape('PR'),
    '132.0.0.0/8': shape(''),
  }

  describe.each([24, 28, 32] as const)('with records of %i bits', (recordSize) => {
    it.each([4, 6] as const)('locates IPv4 addresses in a file for IPv%i', async (ipVersion) => {
      const geoip = await open(writeMmdb({ ipVersion, recordSize, networks }))
      expect(geoip.find('128.32.1.1')).toEqual(california)
      expect(geoip.find('129.1.1.1')).toEqual({ us: true, country: 'US', source: 'geoip' })
      expect(geoip.find('130.1.1.1')).toEqual({ us: false, country: 'DE', source: 'geoip' })
      expect(geoip.find('131.1.1.1')).toEqual({ us: false, country: 'PR', source: 'geoip' })
      // Looked up twice: the second answer comes from the cache.
      for (const address of ['132.1.1.1', '1.1.1.1', '132.1.1.1']) expect(geoip.find(address)).toBeUndefined()
      expect(geoip.find('128.32.1.1')).toEqual(california)
    })
  })

  it('locates IPv6 addresses', async () => {
    const geoip = await open(
      writeMmdb({ ipVersion: 6, networks: { '2601:640::/32': shape('US', 'CA', 'California') } }),
    )
    expect(geoip.find('2601:640::1')).toEqual(california)
    expect(geoip.find('2601:641::1')).toBeUndefined()
  })
})

describe("an owner's database", () => {
  it('gives no place for IPv6 from a file for IPv4, for which the reader gives wrong answers', async () => {
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
  ])('gives no place for "%s"', async (text) => {
    const networks = { '0.0.0.0/1': shapes.MaxMind('US', 'CA'), '128.0.0.0/1': shapes.MaxMind('US', 'CA') }
    expect((await open(writeMmdb({ ipVersion: 4, networks }))).find(text)).toBeUndefined()
  })

  it('names its type and day', async () => {
    const geoip = await open(
      oneState('CA', { type: 'GeoLite2-City', builtAt: Date.parse('2026-06-05T13:00:00Z') / 1000 }),
    )
    expect(geoip.about()).toEqual({ type: 'GeoLite2-City', built: '2026-06-05' })
  })

  it('survives a record that cannot be read', async () => {
    // More records than the check reads when the file is opened.
    const networks = Array.from({ length: 5_000 }, (_, at) => [
      `128.${at >> 8}.${at & 255}.0/24`,
      shapes['ip-location-db']('US', '', at === 1_234 ? 'Damaged' : 'California'),
    ])
    const bytes = writeMmdb({ ipVersion: 4, networks: Object.fromEntries(networks) })
    // Replaces the type byte of a text of seven bytes by a type that does not exist.
    bytes.fill(0, bytes.indexOf('Damaged') - 1, bytes.indexOf('Damaged') + 1)
    const geoip = await open(bytes)
    expect(geoip.find('128.4.210.1')).toBeUndefined()
    expect(geoip.find('128.4.211.1')).toEqual(california)
  })
})

describe('a database that cannot be used at the start', () => {
  it('is a missing file', async () => {
    const result = await openGeoip(join(folder, 'none.mmdb'), { warn: () => {} })
    expect(result).toMatchObject({
      ok: false,
      problem: expect.stringMatching(/none\.mmdb .*TAGFERRY_GEOIP_DB/),
    })
  })

  it('is a folder', async () => {
    expect(await openGeoip(folder, { warn: () => {} })).toMatchObject({ ok: false })
  })

  it('is a file that is cut at any point', async () => {
    const bytes = oneState('CA')
    for (const part of [0, 0.1, 0.5]) {
      expect(await problem(bytes.subarray(0, bytes.length * part))).toContain('not complete')
    }
    for (let missing = 1; missing < 160; missing++) {
      expect(await problem(bytes.subarray(0, -missing)), `${missing} less`).toMatch(/not complete|metadata/)
    }
  })

  it('is a file whose beginning is missing', async () => {
    const bytes = oneState('CA')
    expect(await problem(bytes.subarray(bytes.length >> 1))).toContain('not complete')
  })

  it('is a file with garbage instead of a tree', async () => {
    const bytes = oneState('CA')
    bytes.fill(0xff, 0, bytes.length >> 1)
    expect(await problem(bytes)).toContain('cannot be used')
  })

  it('is a file without countries', async () => {
    const bytes = writeMmdb({ ipVersion: 4, networks: { '128.0.0.0/8': { autonomous_system_number: 1 } } })
    expect(await problem(bytes)).toContain('names no countries')
  })

  it.each(['', 'hello', '\xab\xcd\xefMaxMind.com', 'x'.repeat(100_000)])(
    'is another file: %#',
    async (text) => {
      expect(await problem(Buffer.from(text, 'latin1'))).toContain('cannot be used')
    },
  )
})

describe('a new file', () => {
  const region = (geoip: Geoip) => geoip.find('128.1.1.1')?.region
  /** Waits for several checks of the file. */
  const waitForChecks = () => new Promise((resolve) => setTimeout(resolve, 200))

  it('is loaded without a restart, whether the old one is overwritten or replaced', async () => {
    const geoip = await open(oneState('CA'))
    expect(region(geoip)).toBe('CA')
    await writeFile(path, oneState('NY'))
    await vi.waitFor(() => expect(region(geoip)).toBe('NY'), 5_000)
    await writeFile(join(folder, 'next'), oneState('TX'))
    await rename(join(folder, 'next'), path)
    await vi.waitFor(() => expect(region(geoip)).toBe('TX'), 5_000)
    expect(warnings).toEqual([])
  })

  it('is refused while it is half written, then loaded', async () => {
    const geoip = await open(oneState('CA'))
    const next = oneState('NY')
    await writeFile(path, next.subarray(0, next.length >> 1))
    await vi.waitFor(() => expect(warnings).toHaveLength(1), 5_000)
    expect(warnings[0]).toMatch(/refused, the old one stays in use/)
    expect(region(geoip)).toBe('CA')
    await writeFile(path, next)
    await vi.waitFor(() => expect(region(geoip)).toBe('NY'), 5_000)
  })

  it.each([
    ['empty', (_: Buffer) => truncate(path, 0)],
    ['deleted', (_: Buffer) => unlink(path)],
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
    const bytes = oneState('CA')
    const geoip = await open(bytes)
    await change(bytes)
    await vi.waitFor(() => expect(warnings.length).toBeGreaterThan(0), 5_000)
    expect(region(geoip)).toBe('CA')
  })

  it('is not loaded once the database is closed', async () => {
    const geoip = await open(oneState('CA'))
    geoip.close()
    await writeFile(path, oneState('NY'))
    await waitForChecks()
    expect(region(geoip)).toBe('CA')
  })
})
