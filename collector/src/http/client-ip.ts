/** Cleans IP addresses as sockets and proxies write them: ports, brackets, zones, IPv4-mapped forms and lists. */
import { isIP } from 'node:net'
import { LRUCache } from 'lru-cache'
import { isVisitorAddress } from './ip-ranges.js'

const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i

/** A plain IPv4 or IPv6 address; `undefined` for any other text (`unknown`, `1.2.3`, `300.1.1.1`). */
export function cleanAddress(text: string | undefined): string | undefined {
  if (text === undefined) return undefined
  // The usual case, an address of a socket, skips these steps.
  let address = isIP(text) === 0 ? withoutPort(text.trim()) : text
  const zone = address.indexOf('%')
  if (zone !== -1) address = address.slice(0, zone)
  address = mapped.exec(address)?.[1] ?? address
  return isIP(address) === 0 ? undefined : address
}

function withoutPort(text: string): string {
  const bracketed = /^\[([^\]]+)\](:\d+)?$/.exec(text)
  if (bracketed?.[1]) return bracketed[1]
  return /^\d+\.\d+\.\d+\.\d+:\d+$/.test(text) ? text.slice(0, text.lastIndexOf(':')) : text
}

/** By address or list; empty where none is public. */
const knownAddresses = new LRUCache<string, string>({ max: 5_000 })

/**
 * The public address of a visitor, or the first public one of a list such as `81.2.69.160, 10.0.0.1`; `undefined` where
 * there is none. A private one is a proxy's, and a vendor could not match it.
 */
export function publicAddress(text: string | undefined): string | undefined {
  if (text === undefined || text.length > 1_000) return undefined
  let address = knownAddresses.get(text)
  if (address === undefined) {
    address = firstPublic(text)
    knownAddresses.set(text, address)
  }
  return address === '' ? undefined : address
}

function firstPublic(text: string): string {
  for (const part of text.split(',')) {
    const address = cleanAddress(part)
    if (address !== undefined && isVisitorAddress(address)) return address
  }
  return ''
}
