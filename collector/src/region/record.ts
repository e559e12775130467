/** Where the three shapes of a City database keep the country and the state of a record. */
import { type Place, placeOf } from './place.js'

interface Named {
  iso_code?: unknown
  names?: { en?: unknown } | null
}

/** ip-location-db is flat; MaxMind gives codes; DB-IP's own file names its states in English, without codes. */
interface CityRecord {
  country_code?: unknown
  state1?: unknown
  country?: Named | null
  subdivisions?: (Named | null)[] | null
}

/** Reads `country`, never `registered_country`: that is where the network's owner is, not the visitor. */
export function recordPlace(record: unknown): Place | undefined {
  if (typeof record !== 'object' || record === null) return undefined
  const { country_code, state1, country, subdivisions } = record as CityRecord
  if (country_code !== undefined) return placeOf(country_code, state1, 'geoip')
  const first = Array.isArray(subdivisions) ? subdivisions[0] : undefined
  return placeOf(country?.iso_code, first?.iso_code ?? first?.names?.en, 'geoip')
}
