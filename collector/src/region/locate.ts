/** Where the visitor is, by the best evidence at hand; every source that names no country hands on to the next. */
import type { Source } from '../event.js'
import { abroadCode, stateUnknownCode, unknownCode } from './format.js'
import type { Geoip } from './geoip.js'
import { createHeaderReader, type HeaderSettings, type Headers } from './headers.js'
import { createKey, isPlaceable, readKey } from './ip-key.js'
import { addressPlace, type Place } from './place.js'
import type { Table } from './table.js'

export interface Evidence {
  source: Source
  /** What the event says of the customer. */
  user?: { state?: string; country?: string } | undefined
  /** The visitor's address, clean; for a server's event the one in the event, never the socket's. */
  ip?: string | undefined
  headers?: Headers | undefined
  /** Whether the socket's peer is a proxy that the owner trusts; without it headers are anybody's word. */
  trusted?: boolean | undefined
}

export interface Located {
  /** What the customer says; absent where that names no place. Not completed by other evidence. */
  address?: Place
  /** Where the connection is; `source` is `unknown` where nothing names a country. */
  located: Place
}

export type Locate = (evidence: Evidence) => Located

export interface LocateDeps {
  table: Pick<Table, 'codeOf'> & { header: Pick<Table['header'], 'names'> }
  geoip?: Pick<Geoip, 'find'> | undefined
  headers: HeaderSettings
}

const unknown: Place = Object.freeze({ source: 'unknown' })

/** @returns a pure function that never throws */
export function createLocate({ table, geoip, headers }: LocateDeps): Locate {
  const places = table.header.names.map(tablePlace)
  const readHeaders = createHeaderReader(headers)
  const key = createKey()

  const byAddress = (ip: string | undefined): Place => {
    if (ip === undefined || !readKey(ip, key) || !isPlaceable(key)) return unknown
    return geoip?.find(ip) ?? places[table.codeOf(key)] ?? unknown
  }

  const locate = ({ source, ip, headers, trusted }: Evidence): Place => {
    // A server's request carries the region of the server.
    const told = trusted && headers && source === 'browser' ? readHeaders(headers) : undefined
    if (told === undefined) return byAddress(ip)
    if (!told.us || told.region !== undefined) return told
    const { us, region } = byAddress(ip)
    return us && region !== undefined ? { ...told, region } : told
  }

  return (evidence) => {
    const address = addressPlace(evidence.user)
    const located = locate(evidence)
    return address ? { address, located } : { located }
  }
}

/** Made once for each code, so that a look-up allocates nothing. */
function tablePlace(name: string, code: number): Place {
  if (code === unknownCode) return unknown
  if (code === abroadCode) return Object.freeze({ us: false, source: 'table' })
  if (code === stateUnknownCode) return Object.freeze({ us: true, country: 'US', source: 'table' })
  return Object.freeze({ us: true, country: 'US', region: name, source: 'table' })
}
