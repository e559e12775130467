/** Defines places, and reads countries and US states from text. */
import { countryCodes } from './countries.js'
import { stateCodes } from './states.js'

export type PlaceSource = 'address' | 'header' | 'geoip' | 'table' | 'unknown'

export interface Place {
  /** Whether it is in the US; `false` in the US territories, absent where no country is known. */
  us?: boolean
  /** Upper-case ISO 3166-1. Absent where only "outside the US" is known. */
  country?: string
  /** Upper-case code of a US state or DC; never of another country's region. */
  region?: string
  source: PlaceSource
}

/** Longer texts name no country or state. */
const maxNameLength = 40

/** State codes by `california`, `ca`, `us-ca` and `usca`; codes in upper case too, the usual form. */
const regions = new Map<string, string>()
const addRegion = (name: string, code: string) => {
  const upper = code.toUpperCase()
  for (const form of [name, code, `us-${code}`, `us${code}`, upper, `US-${upper}`]) regions.set(form, upper)
}
for (const [name, code] of Object.entries(stateCodes)) addRegion(name, code)
for (const name of ['washington dc', 'washington, dc']) regions.set(name, 'DC')

/** Not states: they have ISO country codes, yet shops list them as US states. */
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

// Kosovo has no ISO code; geolocation data and proxies use XK.
const countries = new Map<string, string>()
for (const code of [...countryCodes, 'xk']) {
  for (const form of [code, code.toUpperCase()]) countries.set(form, code.toUpperCase())
}
for (const name of ['usa', 'united states', 'united states of america']) countries.set(name, 'US')

/** Upper-case ISO 3166-1; `undefined` for `XX`, `T1`, `ZZ` and any other text that names no country. */
export function countryOf(text: unknown): string | undefined {
  return find(countries, text)
}

/** The state code of `CA`, `US-CA`, `USCA` or `California`; `undefined` for any other text. */
export function stateOf(text: unknown): string | undefined {
  const region = find(regions, text)
  return region !== undefined && territoryCodes.has(region) ? undefined : region
}

function find(names: ReadonlyMap<string, string>, text: unknown): string | undefined {
  if (typeof text !== 'string' || text.length > maxNameLength) return undefined
  return names.get(text) ?? names.get(text.trim().toLowerCase().replaceAll('.', '').replace(/ +/g, ' '))
}

/** The place of a source's country and region; `undefined` where the source names no country. */
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
 * The place of the customer's billing or shipping address. A state without a country counts as a US state: flagging
 * an Italian from `CA` (Cagliari) costs little, missing a Californian is a risk. With an unknown country (`Italia`)
 * the state is ignored.
 */
export function addressPlace(user: { state?: string; country?: string } | undefined): Place | undefined {
  if (user === undefined) return undefined
  if (user.country !== undefined && user.country.trim() !== '') {
    return placeOf(user.country, user.state, 'address')
  }
  const region = stateOf(user.state)
  return region === undefined ? undefined : { us: true, country: 'US', region, source: 'address' }
}
