/** Locates visitors: by the customer's address, a proxy's headers, the owner's database or the embedded table. */
import type { Source } from '../event.js'
import { abroadCode, stateUnknownCode, unknownCode } from './format.js'
import type { Geoip } from './geoip.js'
import { createHeaderReader, type HeaderSettings, type Headers } from './headers.js'
import { createIpKey, isRoutable, readIpKey } from './ip-key.js'
import { addressPlace, type Place } from './place.js'
import type { Table } from './table.js'

export interface Evidence {
  source: Source
  /** State and country of the customer, as the event has them. */
  user?: { state?: string; country?: string } | undefined
  /** The visitor's clean IP address; a server's event brings it, as the socket is the server's. */
  ip?: string | undefined
  headers?: Headers | undefined
  /** Whether the socket's peer is a trusted proxy; headers of anybody else may be forged. */
  fromTrustedProxy?: boolean | undefined
}

export interface Located {
  /** Place of the customer's address, not completed from other sources; absent where it names none. */
  address?: Place
  /** Place of the connection; `source` is `unknown` where no source names a country. */
  located: Place
}

export type Locate = (evidence: Evidence) => Located

export interface LocateDeps {
  table: Pick<Table, 'codeOf'> & { header: Pick<Table['header'], 'names'> }
  geoip?: Pick<Geoip, 'find'> | undefined
  headers: HeaderSettings
}

const unknown: Place = Object.freeze({ source: 'unknown' })

/** @returns a pure function that never throws; a source that names no country is followed by the next one */
export function createLocate({ table, geoip, headers }: LocateDeps): Locate {
  const places = table.header.names.map(tablePlace)
  const readHeaders = createHeaderReader(headers)
  const key = createIpKey()

  const byAddress = (ip: string | undefined): Place => {
    if (ip === undefined || !readIpKey(ip, key) || !isRoutable(key)) return unknown
    return geoip?.find(ip) ?? places[table.codeOf(key)] ?? unknown
  }

  const locate = ({ source, ip, headers, fromTrustedProxy }: Evidence): Place => {
    // On a server's request the headers name the region of the server.
    const headerPlace = fromTrustedProxy && headers && source === 'browser' ? readHeaders(headers) : undefined
    if (headerPlace === undefined) return byAddress(ip)
    if (!headerPlace.us || headerPlace.region !== undefined) return headerPlace
    const { us, region } = byAddress(ip)
    return us && region !== undefined ? { ...headerPlace, region } : headerPlace
  }

  return (evidence) => {
    const address = addressPlace(evidence.user)
    const located = locate(evidence)
    return address ? { address, located } : { located }
  }
}

/** Places are made once for each code, so that a look-up allocates nothing. */
function tablePlace(name: string, code: number): Place {
  if (code === unknownCode) return unknown
  if (code === abroadCode) return Object.freeze({ us: false, source: 'table' })
  if (code === stateUnknownCode) return Object.freeze({ us: true, country: 'US', source: 'table' })
  return Object.freeze({ us: true, country: 'US', region: name, source: 'table' })
}
