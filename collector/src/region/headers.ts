/** Reads the region headers of each kind of proxy. The caller decides whether to trust them. */
import { type Place, placeOf } from './place.js'

export const headerFormats = [
  'off',
  'cloudflare',
  'cloudfront',
  'vercel',
  'akamai',
  'netlify',
  'custom',
] as const
export type HeaderFormat = (typeof headerFormats)[number]

export interface HeaderSettings {
  format: HeaderFormat
  /** Names of the headers; `custom` only. */
  country?: string | undefined
  region?: string | undefined
}

/** Names in lower case, as Node gives them. */
export type Headers = Readonly<Record<string, string | string[] | undefined>>
export type ReadHeaders = (headers: Headers) => Place | undefined

/** Reads country and state from separate headers. The region may hold the country as well: `USCA`, `US-CA`. */
const plain =
  (country: string, ...regions: string[]): ReadHeaders =>
  (headers) => {
    const region = regions.map((name) => headers[name]).find((value) => value !== undefined && value !== '')
    const us = typeof region === 'string' && /^us-?[a-z]{2}$/i.test(region.trim()) ? 'US' : undefined
    return placeOf(headers[country] ?? us, region, 'header')
  }

/** Reads `georegion=246,country_code=US,region_code=CA,city=…`; a repeated key is ignored. */
const akamai: ReadHeaders = (headers) => {
  const line = headers['x-akamai-edgescape']
  if (typeof line !== 'string' || line.length > 2_000) return undefined
  const values = new Map<string, string>()
  for (const pair of line.split(',')) {
    const at = pair.indexOf('=')
    if (at === -1) continue
    const key = pair.slice(0, at).trim()
    values.set(key, values.has(key) ? '' : pair.slice(at + 1))
  }
  return placeOf(values.get('country_code'), values.get('region_code'), 'header')
}

interface NetlifyGeo {
  country?: { code?: unknown } | null
  subdivision?: { code?: unknown } | null
}

const netlify: ReadHeaders = (headers) => {
  const encoded = headers['x-nf-geo']
  if (encoded === undefined) return placeOf(headers['x-country'], undefined, 'header')
  if (typeof encoded !== 'string' || encoded.length > 4_000) return undefined
  try {
    const geo = JSON.parse(Buffer.from(encoded, 'base64').toString()) as NetlifyGeo | null
    const country = geo?.country?.code
    return placeOf(country ?? headers['x-country'], geo?.subdivision?.code, 'header')
  } catch {
    return undefined
  }
}

/** @returns a reader that gives `undefined` where the headers name no country */
export function createHeaderReader({ format, country, region }: HeaderSettings): ReadHeaders {
  switch (format) {
    case 'off':
      return () => undefined
    case 'cloudflare':
      return plain('cf-ipcountry', 'cf-region-code', 'cf-region')
    case 'cloudfront':
      return plain(
        'cloudfront-viewer-country',
        'cloudfront-viewer-country-region',
        'cloudfront-viewer-country-region-name',
      )
    case 'vercel':
      return plain('x-vercel-ip-country', 'x-vercel-ip-country-region')
    case 'akamai':
      return akamai
    case 'netlify':
      return netlify
    case 'custom':
      return plain(country?.toLowerCase() ?? '', region?.toLowerCase() ?? '')
  }
}

/** The problem of the settings, as a sentence for the owner; `undefined` when they are valid. */
export function headerProblem({ format, country, region }: HeaderSettings): string | undefined {
  const names = [country, region].filter((name) => name !== undefined)
  if (format !== 'custom') {
    return names.length === 0
      ? undefined
      : 'header names are read only with TAGFERRY_GEO_HEADERS=custom; set it or leave the names out'
  }
  if (names.length === 0) return 'custom needs the name of at least one header'
  const invalid = names.find((name) => !/^[\w!#$%&'*+.^`|~-]{1,100}$/.test(name))
  if (invalid !== undefined) return 'expected the name of a header such as X-Country'
  // Fly's header names the location of its proxy.
  if (names.some((name) => name.toLowerCase() === 'fly-region')) {
    return 'Fly-Region is the place of the edge, not of the visitor; leave it out'
  }
  return undefined
}
