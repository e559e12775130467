/** What the region headers of each kind of proxy say. Whether to believe them is the caller's question. */
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

/** As Node gives them: names in lower case. */
export type Headers = Readonly<Record<string, string | string[] | undefined>>
export type ReadHeaders = (headers: Headers) => Place | undefined

/** Country and state in headers of their own. The region may name the country too: `USCA`, `US-CA`. */
const plain =
  (country: string, ...regions: string[]): ReadHeaders =>
  (headers) => {
    const region = regions.map((name) => headers[name]).find((value) => value !== undefined && value !== '')
    const us = typeof region === 'string' && /^us-?[a-z]{2}$/i.test(region.trim()) ? 'US' : undefined
    return placeOf(headers[country] ?? us, region, 'header')
  }

/** `georegion=246,country_code=US,region_code=CA,city=…`; a key that comes twice names nothing. */
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

/** @returns a function that gives `undefined` where the headers name no country */
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

/** What is wrong with the settings, as a sentence for the owner; `undefined` when nothing is. */
export function headerProblem({ format, country, region }: HeaderSettings): string | undefined {
  const names = [country, region].filter((name) => name !== undefined)
  if (format !== 'custom') {
    return names.length === 0
      ? undefined
      : 'header names are read only with TAGFERRY_GEO_HEADERS=custom; set it or leave the names out'
  }
  if (names.length === 0) return 'custom needs the name of at least one header'
  const bad = names.find((name) => !/^[\w!#$%&'*+.^`|~-]{1,100}$/.test(name))
  if (bad !== undefined) return 'expected the name of a header such as X-Country'
  // It says where the machine of the proxy stands, not the visitor.
  if (names.some((name) => name.toLowerCase() === 'fly-region')) {
    return 'Fly-Region is the place of the edge, not of the visitor; leave it out'
  }
  return undefined
}
