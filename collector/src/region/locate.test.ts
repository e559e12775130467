import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { encode } from '../../data/encode.js'
import { names } from '../../data/walk.js'
import type { HeaderFormat, Headers } from './headers.js'
import { createLocate, type Evidence } from './locate.js'
import type { Place } from './place.js'
import { createTable } from './table.js'

const code = (name: string) => names.indexOf(name)
/** 8.0.0.0/8 is California, 9/8 New York, 11/8 the US, 12/8 abroad; private ranges are California too. */
const table = createTable(
  encode(
    { source: 'A test', licence: 'none', built: '2026-06-05', names },
    {
      starts: [0, 0x08000000, 0x09000000, 0x0a000000, 0x0b000000, 0x0c000000, 0x0d000000],
      codes: ['CA', 'CA', 'NY', 'CA', 'US', '~', 'CA'].map(code),
    },
    { starts: [0, 0x260106400000, 0x260106410000, 0xfc0000000000], codes: ['', 'CA', '~', 'CA'].map(code) },
  ),
)
const at = (format: HeaderFormat = 'off', found?: Place) =>
  createLocate({
    table,
    headers: { format, ...(format === 'custom' && { country: 'X-C', region: 'X-R' }) },
    ...(found && { geoip: { find: (ip) => (ip === '8.1.1.1' ? found : undefined) } }),
  })
const text = ({ us, country, region, source }: Place) =>
  [source, us === undefined ? '' : us ? 'us' : 'abroad', country, region].filter(Boolean).join(' ')
const visit = (more: Partial<Evidence>): Evidence => ({ source: 'browser', ...more })

describe('a visitor without other evidence', () => {
  it.each([
    ['8.1.1.1', 'table us US CA'],
    ['9.255.255.255', 'table us US NY'],
    ['11.0.0.0', 'table us US'],
    ['12.1.1.1', 'table abroad'],
    ['::ffff:8.1.1.1', 'table us US CA'],
    ['::ffff:801:101', 'table us US CA'],
    ['2601:640::1', 'table us US CA'],
    ['2601:641::1', 'table abroad'],
    ['2600::1', 'unknown'],
    // The table of this test has a place for these, but it must not be used.
    ['10.0.0.1', 'unknown'],
    ['127.0.0.1', 'unknown'],
    ['192.168.1.1', 'unknown'],
    ['100.64.0.1', 'unknown'],
    ['::ffff:10.0.0.1', 'unknown'],
    ['::ffff:a00:1', 'unknown'],
    ['::1', 'unknown'],
    ['::8.1.1.1', 'unknown'],
    ['fd00::1', 'unknown'],
    ['fe80::1', 'unknown'],
    ['fe80::1%eth0', 'unknown'],
    ['300.1.1.1', 'unknown'],
    ['1.2.3', 'unknown'],
    [' 8.1.1.1', 'unknown'],
    ['8.1.1.1:443', 'unknown'],
    ['8.1.1.1, 9.1.1.1', 'unknown'],
    ['unknown', 'unknown'],
    ['', 'unknown'],
    [undefined, 'unknown'],
    ['8'.repeat(10_000), 'unknown'],
  ])('at %s: %s', (ip, expected) => {
    const result = at()(visit({ ip }))
    expect(text(result.located)).toBe(expected)
    expect(result).not.toHaveProperty('address')
  })
})

describe('the order of the evidence', () => {
  const bavaria: Place = { us: false, country: 'DE', source: 'geoip' }
  const texas: Place = { us: true, country: 'US', region: 'TX', source: 'geoip' }
  const somewhere: Place = { us: true, country: 'US', source: 'geoip' }
  const cloudflare = { 'cf-ipcountry': 'US', 'cf-region-code': 'CO' }

  it.each([
    ['the header before the database', cloudflare, bavaria, 'header us US CO'],
    ['the database before the table', {}, bavaria, 'geoip abroad DE'],
    ['the table when nothing else knows', {}, undefined, 'table us US CA'],
    ['a database that knows the country only is not completed', {}, somewhere, 'geoip us US'],
    ['a header without a country hands on', { 'cf-ipcountry': 'XX' }, texas, 'geoip us US TX'],
    ['Tor hands on', { 'cf-ipcountry': 'T1' }, undefined, 'table us US CA'],
    [
      'a header that names the US is completed by the table',
      { 'cf-ipcountry': 'US' },
      undefined,
      'header us US CA',
    ],
    [
      'a header that names the US is completed by the database',
      { 'cf-ipcountry': 'US' },
      texas,
      'header us US TX',
    ],
    [
      'a header that names the US stands when the database says abroad',
      { 'cf-ipcountry': 'US' },
      bavaria,
      'header us US',
    ],
    [
      'a header that names the US stands when the database knows no state',
      { 'cf-ipcountry': 'US' },
      somewhere,
      'header us US',
    ],
    ['a header that names another country is final', { 'cf-ipcountry': 'FR' }, texas, 'header abroad FR'],
    ['a territory is not completed', { 'cf-ipcountry': 'PR' }, texas, 'header abroad PR'],
  ])('%s', (_, headers, found, expected) => {
    const { located } = at('cloudflare', found)(visit({ ip: '8.1.1.1', headers, fromTrustedProxy: true }))
    expect(text(located)).toBe(expected)
  })

  it.each(['12.1.1.1', '11.1.1.1', '10.1.1.1', 'rubbish', undefined])(
    'a header that names the US is not completed by a table that says otherwise of %s',
    (ip) => {
      const headers = { 'cf-ipcountry': 'US' }
      expect(text(at('cloudflare')(visit({ ip, headers, fromTrustedProxy: true })).located)).toBe(
        'header us US',
      )
    },
  )

  it('the database is not used for private addresses', () => {
    const locate = createLocate({ table, headers: { format: 'off' }, geoip: { find: () => texas } })
    for (const ip of ['10.0.0.1', '::1', 'fe80::1', '1.2.3', '300.1.1.1']) {
      expect(text(locate(visit({ ip })).located)).toBe('unknown')
    }
  })
})

describe("the customer's address", () => {
  it('is given beside the place of the connection', () => {
    const { address, located } = at()(visit({ ip: '8.1.1.1', user: { state: 'NY', country: 'US' } }))
    expect(address && text(address)).toBe('address us US NY')
    expect(text(located)).toBe('table us US CA')
  })

  it("is given for a server's event too", () => {
    const { address } = at()({ source: 'server', user: { state: 'California' } })
    expect(address && text(address)).toBe('address us US CA')
  })
})

describe('forged headers', () => {
  const formats: [HeaderFormat, Headers][] = [
    ['cloudflare', { 'cf-ipcountry': 'US', 'cf-region-code': 'CO' }],
    ['cloudfront', { 'cloudfront-viewer-country': 'US', 'cloudfront-viewer-country-region': 'CO' }],
    ['vercel', { 'x-vercel-ip-country': 'US', 'x-vercel-ip-country-region': 'CO' }],
    ['akamai', { 'x-akamai-edgescape': 'country_code=US,region_code=CO' }],
    ['netlify', { 'x-nf-geo': btoa('{"country":{"code":"US"},"subdivision":{"code":"CO"}}') }],
    ['custom', { 'x-c': 'US', 'x-r': 'USCO' }],
  ]
  const everything = Object.assign({}, ...formats.map(([, headers]) => headers)) as Headers

  describe.each(formats)('of %s', (format, headers) => {
    it.each([
      ['from a trusted proxy, configured', format, true, headers, 'header us US CO'],
      ['among those of all others, configured', format, true, everything, 'header us US CO'],
      ['from anybody, configured', format, false, headers, 'table us US NY'],
      ['from a peer of unknown trust, configured', format, undefined, headers, 'table us US NY'],
      ['from a trusted proxy, nothing configured', 'off', true, headers, 'table us US NY'],
      ['from anybody, nothing configured', 'off', false, headers, 'table us US NY'],
    ] as const)('%s', (_, configured, trusted, sent, expected) => {
      const { located } = at(configured)(visit({ ip: '9.1.1.1', headers: sent, fromTrustedProxy: trusted }))
      expect(text(located)).toBe(expected)
    })

    it('are not read where another proxy is configured', () => {
      for (const [other] of formats) {
        if (other === format) continue
        const { located } = at(other)(visit({ ip: '9.1.1.1', headers, fromTrustedProxy: true }))
        expect(text(located)).toBe('table us US NY')
      }
    })

    it("are not read on a server's request, which carries the server's region", () => {
      const { located } = at(format)({ source: 'server', ip: '9.1.1.1', headers, fromTrustedProxy: true })
      expect(text(located)).toBe('table us US NY')
    })
  })
})

describe('any evidence', () => {
  it('gives a consistent place and never throws', () => {
    const string = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom('US', 'CA', 'NY', 'DE', 'XX', 'California'),
    )
    const evidence = fc.record<Evidence>(
      {
        source: fc.constantFrom('browser', 'server'),
        ip: fc.oneof(fc.ipV4(), fc.ipV6(), string),
        user: fc.record({ state: string, country: string }, { requiredKeys: [] }),
        headers: fc.record(
          { 'x-c': string, 'x-r': fc.oneof(string, fc.array(string)) },
          { requiredKeys: [] },
        ),
        fromTrustedProxy: fc.boolean(),
      },
      { requiredKeys: ['source'] },
    )
    const locate = at('custom')
    fc.assert(
      fc.property(evidence, (some) => {
        const { address, located } = locate(some)
        for (const place of address ? [address, located] : [located]) {
          expect(place.us === undefined).toBe(place.source === 'unknown')
          if (place.region !== undefined) expect(place).toMatchObject({ us: true, country: 'US' })
          if (place.us) expect(place.country).toBe('US')
          else expect(place.country).not.toBe('US')
        }
        if (!some.fromTrustedProxy) expect(located.source).not.toBe('header')
      }),
      { numRuns: 2_000 },
    )
  })
})
