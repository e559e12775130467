/** What an address text really is: ports, brackets, zones and IPv4-mapped forms taken off, private ranges known. */
import { BlockList, isIP } from 'node:net'

const nowhere = new BlockList()
for (const [network, bits] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
] as const) {
  nowhere.addSubnet(network, bits, 'ipv4')
}
nowhere.addAddress('::', 'ipv6')
nowhere.addAddress('::1', 'ipv6')
nowhere.addSubnet('fc00::', 7, 'ipv6')
nowhere.addSubnet('fe80::', 10, 'ipv6')

const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i

/** A plain IPv4 or IPv6 address, or `undefined` for what is none (`unknown`, `1.2.3`, `300.1.1.1`). */
export function cleanAddress(text: string | undefined): string | undefined {
  if (text === undefined) return undefined
  let address = text
  // The usual case, the socket's own address, needs no repair.
  if (isIP(address) === 0) {
    address = address.trim()
    const bracketed = /^\[([^\]]+)\](:\d+)?$/.exec(address)
    if (bracketed?.[1]) address = bracketed[1]
    else if (/^\d+\.\d+\.\d+\.\d+:\d+$/.test(address)) address = address.slice(0, address.lastIndexOf(':'))
  }
  const zone = address.indexOf('%')
  if (zone !== -1) address = address.slice(0, zone)
  address = mapped.exec(address)?.[1] ?? address
  return isIP(address) === 0 ? undefined : address
}

/** Whether a socket's address is this machine's own. */
export function isLoopback(text: string): boolean {
  const address = cleanAddress(text) ?? ''
  return address === '::1' || address.startsWith('127.')
}

/** Whether a clean address can be placed on a map: private, loopback and carrier ranges cannot. */
export function isPublic(address: string): boolean {
  return !nowhere.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4')
}
