/** What a place is, and which country or US state a text names. Knows no law and no flag. */
import { countryCodes } from './countries.js'
import { stateCodes } from './states.js'

export type PlaceSource = 'address' | 'header' | 'geoip' | 'table' | 'unknown'

export interface Place {
  /** Absent where no country is known; `false` for the US territories too. */
  us?: boolean
  /** Upper-case ISO 3166-1. Absent where all that is known is "outside the US". */
  country?: string
  /** Upper-case code of a US state or DC; never of another country's region. */
  region?: string
  source: PlaceSource
}

/** No name of a country or a state is longer; what is longer is not even looked at. */
const longest = 40

/** By the forms `ca`, `us-ca`, `usca` and `california`; codes in capitals too, for they are what mostly comes. */
const regions = new Map<string, string>()
const addRegion = (name: string, code: string) => {
  const upper = code.toUpperCase()
  for (const form of [name, code, `us-${code}`, `us${code}`, upper, `US-${upper}`]) regions.set(form, upper)
}
for (const [name, code] of Object.entries(stateCodes)) addRegion(name, code)
for (const name of ['washington dc', 'washington, dc']) regions.set(name, 'DC')

/** They have ISO codes of their own and are no state, yet shops file them under the US. */
const territories: ReadonlyMap<string, string> = new Map([
  ['puerto rico', 'pr'],
  ['guam', 'gu'],
  ['us virgin islands', 'vi'],
  ['american samoa', 'as'],
  ['northern mariana islands', 'mp'],
])
for (const [name, code] of territories) addRegion(name, code)
const territoryCodes = new Set([...territories.values()].map((code) => code.toUpperCase()))

/** The 50 states and DC, upper-case, in alphabetical order. */
export const states: readonly string[] = [
  ...new Set(Object.values(stateCodes).map((code) => code.toUpperCase())),
].sort()

// Kosovo has no ISO code; geolocation data and proxies say XK.
const countries = new Map<string, string>()
for (const code of [...countryCodes, 'xk']) {
  for (const form of [code, code.toUpperCase()]) countries.set(form, code.toUpperCase())
}
for (const name of ['usa', 'united states', 'united states of america']) countries.set(name, 'US')

/** Upper-case ISO 3166-1; `undefined` for `XX`, `T1`, `ZZ` and all else that names no country. */
export function countryOf(text: unknown): string | undefined {
  return find(countries, text)
}

/** The state for `CA`, `US-CA`, `USCA` and `California`; `undefined` for what is none. */
export function stateOf(text: unknown): string | undefined {
  const region = find(regions, text)
  return region !== undefined && territoryCodes.has(region) ? undefined : region
}

function find(names: ReadonlyMap<string, string>, text: unknown): string | undefined {
  if (typeof text !== 'string' || text.length > longest) return undefined
  return names.get(text) ?? names.get(text.trim().toLowerCase().replaceAll('.', '').replace(/ +/g, ' '))
}

/** The place for what a source says; `undefined` where it names no country. */
export function placeOf(country: unknown, region: unknown, source: PlaceSource): Place | undefined {
  const code = countryOf(country)
  if (code === undefined) return undefined
  if (code !== 'US') return { us: false, country: code, source }
  const found = find(regions, region)
  if (found === undefined) return { us: true, country: 'US', source }
  if (territoryCodes.has(found)) return { us: false, country: found, source }
  return { us: true, country: 'US', region: found, source }
}

/**
 * The customer's own billing or shipping address. A state alone names the US: flagging an Italian from
 * `CA` (Cagliari) is cheap, missing a Californian is not. A country that is given but not understood
 * (`Italia`) makes the state mean nothing.
 */
export function addressPlace(user: { state?: string; country?: string } | undefined): Place | undefined {
  if (user === undefined) return undefined
  if (user.country !== undefined && user.country.trim() !== '') {
    return placeOf(user.country, user.state, 'address')
  }
  const region = stateOf(user.state)
  return region === undefined ? undefined : { us: true, country: 'US', region, source: 'address' }
}
