/** Cleans IP addresses as sockets and proxies write them: ports, brackets, zones and IPv4-mapped forms. */
import { isIP } from 'node:net'

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
