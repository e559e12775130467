/** Reads the country and the state of a City record in the formats of ip-location-db, MaxMind and DB-IP. */
import { type Place, placeOf } from './place.js'

interface Named {
  iso_code?: unknown
  names?: { en?: unknown } | null
}

/** ip-location-db is flat; MaxMind has codes; DB-IP's own file has English names of states without codes. */
interface CityRecord {
  country_code?: unknown
  state1?: unknown
  country?: Named | null
  subdivisions?: (Named | null)[] | null
}

/** Reads `country`, never `registered_country`, which is the country of the network's owner. */
export function recordPlace(record: unknown): Place | undefined {
  if (typeof record !== 'object' || record === null) return undefined
  const { country_code, state1, country, subdivisions } = record as CityRecord
  if (country_code !== undefined) return placeOf(country_code, state1, 'geoip')
  const first = Array.isArray(subdivisions) ? subdivisions[0] : undefined
  return placeOf(country?.iso_code, first?.iso_code ?? first?.names?.en, 'geoip')
}
