import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  createHeaderReader,
  type HeaderSettings,
  type Headers,
  headerFormats,
  headerProblem,
} from './headers.js'

const base64 = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64')
const custom: HeaderSettings = { format: 'custom', country: 'X-Geo-Country', region: 'X-Geo-Region' }
const only = (region: string): HeaderSettings => ({ format: 'custom', region })

/** Proxy, headers, and the country and state that they mean. */
const understood: [HeaderSettings['format'] | HeaderSettings, Headers, string][] = [
  ['cloudflare', { 'cf-ipcountry': 'US' }, 'US'],
  ['cloudflare', { 'cf-ipcountry': 'DE' }, 'DE'],
  ['cloudflare', { 'cf-ipcountry': 'US', 'cf-region-code': 'CA' }, 'US CA'],
  ['cloudflare', { 'cf-ipcountry': 'US', 'cf-region': 'California' }, 'US CA'],
  ['cloudflare', { 'cf-ipcountry': 'US', 'cf-region-code': '', 'cf-region': 'Texas' }, 'US TX'],
  ['cloudflare', { 'cf-ipcountry': 'US', 'cf-region-code': 'NY', 'cf-region': 'California' }, 'US NY'],
  ['cloudflare', { 'cf-ipcountry': 'CA', 'cf-region-code': 'ON' }, 'CA'],
  ['cloudflare', { 'cf-ipcountry': 'US', 'cf-region-code': 'PR' }, 'PR'],
  ['cloudfront', { 'cloudfront-viewer-country': 'US' }, 'US'],
  ['cloudfront', { 'cloudfront-viewer-country': 'US', 'cloudfront-viewer-country-region': 'MI' }, 'US MI'],
  [
    'cloudfront',
    { 'cloudfront-viewer-country': 'US', 'cloudfront-viewer-country-region-name': 'Michigan' },
    'US MI',
  ],
  ['vercel', { 'x-vercel-ip-country': 'US', 'x-vercel-ip-country-region': 'CA' }, 'US CA'],
  ['vercel', { 'x-vercel-ip-country': 'FR', 'x-vercel-ip-country-region': 'IDF' }, 'FR'],
  [
    'akamai',
    { 'x-akamai-edgescape': 'georegion=246,country_code=US,region_code=CA,city=SANFRANCISCO,dma=807' },
    'US CA',
  ],
  ['akamai', { 'x-akamai-edgescape': 'country_code=US, region_code=reserved' }, 'US'],
  ['akamai', { 'x-akamai-edgescape': 'country_code=US, region_code=NY' }, 'US NY'],
  ['akamai', { 'x-akamai-edgescape': 'region_code=BY,country_code=DE' }, 'DE'],
  ['netlify', { 'x-nf-geo': base64({ country: { code: 'US' }, subdivision: { code: 'CA' } }) }, 'US CA'],
  ['netlify', { 'x-nf-geo': base64({ country: { code: 'DE', name: 'Germany' } }) }, 'DE'],
  ['netlify', { 'x-nf-geo': base64({ subdivision: { code: 'CA' } }), 'x-country': 'US' }, 'US CA'],
  ['netlify', { 'x-country': 'US' }, 'US'],
  [custom, { 'x-geo-country': 'US', 'x-geo-region': 'US-CA' }, 'US CA'],
  [custom, { 'x-geo-country': 'US', 'x-geo-region': 'USCA' }, 'US CA'],
  [custom, { 'x-geo-country': 'US', 'x-geo-region': 'NO REGION' }, 'US'],
  [custom, { 'x-geo-country': 'US', 'x-geo-region': '?' }, 'US'],
  [custom, { 'x-geo-country': 'US', 'x-geo-region': ['CA', 'NY'] }, 'US'],
  [only('X-Region'), { 'x-region': 'USCA' }, 'US CA'],
  [only('X-Region'), { 'x-region': 'us-ny' }, 'US NY'],
  [{ format: 'custom', country: 'X-Azure-Country' }, { 'x-azure-country': 'US' }, 'US'],
]

/** Proxy, and headers that name no country. */
const unknown: [HeaderSettings['format'] | HeaderSettings, Headers][] = [
  ...['XX', 'T1', 'ZZ', 'A1', 'A2', '**', '?', '', 'reserved', 'US, DE', 'U\u0000S', '\u0007', '🇺🇸'].map(
    (country): [HeaderSettings['format'], Headers] => [
      'cloudflare',
      { 'cf-ipcountry': country, 'cf-region-code': 'CA' },
    ],
  ),
  ['cloudflare', {}],
  ['cloudflare', { 'cf-region-code': 'CA' }],
  ['cloudflare', { 'cf-ipcountry': ['US', 'DE'] }],
  ['cloudflare', { 'cf-ipcountry': 'US'.repeat(5_000) }],
  ['cloudflare', { 'cf-ipcountry': `${' '.repeat(10_000)}US` }],
  ['cloudflare', { 'x-vercel-ip-country': 'US' }],
  ['vercel', { 'cf-ipcountry': 'US' }],
  ['off', { 'cf-ipcountry': 'US', 'cf-region-code': 'CA', 'x-country': 'US' }],
  ['akamai', { 'x-akamai-edgescape': 'reserved' }],
  ['akamai', { 'x-akamai-edgescape': 'country_code' }],
  ['akamai', { 'x-akamai-edgescape': 'country_code=FR,region_code=IDF,country_code=US,region_code=NY' }],
  ['akamai', { 'x-akamai-edgescape': `${'a=b,'.repeat(5_000)}country_code=US` }],
  ['akamai', { 'x-akamai-edgescape': ['country_code=US'] }],
  ['netlify', { 'x-nf-geo': 'not base64 at all', 'x-country': 'US' }],
  ['netlify', { 'x-nf-geo': base64('US') }],
  ['netlify', { 'x-nf-geo': base64(null) }],
  ['netlify', { 'x-nf-geo': base64({ country: 'US' }) }],
  ['netlify', { 'x-nf-geo': base64({ country: { code: ['US'] } }) }],
  ['netlify', { 'x-nf-geo': base64({ country: { code: 'US' }, rest: 'x'.repeat(10_000) }) }],
  [custom, { 'x-geo-region': 'CA' }],
  [only('X-Region'), { 'x-region': 'CA' }],
  [only('X-Region'), { 'x-region': 'CAON' }],
  [only('__proto__'), {}],
]

const settings = (of: HeaderSettings['format'] | HeaderSettings) =>
  typeof of === 'string' ? { format: of } : of

describe('region headers', () => {
  it.each(understood)('%j %j: %s', (of, headers, expected) => {
    const place = createHeaderReader(settings(of))(headers)
    expect([place?.country, place?.region].filter(Boolean).join(' ')).toBe(expected)
    expect(place).toMatchObject({ source: 'header', us: expected.startsWith('US') })
  })

  it.each(unknown)('%j %j: unknown', (of, headers) => {
    expect(createHeaderReader(settings(of))(headers)).toBeUndefined()
  })

  it('never cause an exception', () => {
    const value = fc.oneof(fc.string({ unit: 'binary' }), fc.array(fc.string()), fc.constant(undefined))
    const names = [
      'cf-ipcountry',
      'cf-region',
      'x-akamai-edgescape',
      'x-nf-geo',
      'x-country',
      'x-geo-country',
    ]
    const headers = fc.record(Object.fromEntries(names.map((name) => [name, value])))
    fc.assert(
      fc.property(fc.constantFrom(...headerFormats), headers, fc.json(), (format, some, json) => {
        const read = createHeaderReader({ ...custom, format })
        read(some)
        read({ 'x-nf-geo': Buffer.from(json).toString('base64') })
      }),
    )
  })
})

describe('the settings of region headers', () => {
  it.each([{ format: 'off' }, { format: 'vercel' }, custom, only('X-Region')] satisfies HeaderSettings[])(
    '%j are valid',
    (of) => expect(headerProblem(of)).toBeUndefined(),
  )

  it.each([
    [{ format: 'custom' }, 'at least one'],
    [{ format: 'cloudflare', country: 'X-Country' }, 'TAGFERRY_GEO_HEADERS=custom'],
    [only('X Region'), 'the name of a header'],
    [only(''), 'the name of a header'],
    [only('Fly-Region'), 'the edge'],
  ] satisfies [HeaderSettings, string][])('%j are refused: %s', (of, problem) => {
    expect(headerProblem(of)).toContain(problem)
  })
})
