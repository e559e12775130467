/** Classifies IP addresses by the IANA registers of special-purpose addresses, as ipaddr.js has them. */
import { isIP } from 'node:net'
import ipaddr from 'ipaddr.js'

/** No visitor comes from these ranges. Documentation ranges are not among them: examples and tests use those. */
const nonPublicRanges: ReadonlySet<string> = new Set([
  'unspecified',
  'loopback',
  'linkLocal',
  'private',
  'carrierGradeNat',
  'uniqueLocal',
])

/** IANA assigns global unicast addresses from 2000::/3 only. */
const ipv6GlobalUnicast = ipaddr.IPv6.parseCIDR('2000::/3')

const parse = (address: string) => (isIP(address) === 0 ? undefined : ipaddr.parse(address))

/**
 * Whether an address can be a visitor's: not private, loopback, link-local or a carrier's own.
 * @param address as cleanAddress gives it
 */
export function isPublic(address: string): boolean {
  const parsed = parse(address)
  return parsed !== undefined && !nonPublicRanges.has(parsed.range())
}

/**
 * Whether an address belongs to the public web. Stricter than isPublic: a request to a tunnel or a translator may
 * reach the private address inside, and nobody serves pages from reserved ranges.
 */
export function isGlobalUnicast(address: string): boolean {
  const parsed = parse(address)
  if (parsed?.range() !== 'unicast') return false
  return parsed instanceof ipaddr.IPv4 || parsed.match(ipv6GlobalUnicast)
}

/** Examples and tests use these, as no visitor has them. */
const documentationRanges = ['192.0.2.0/24', '198.51.100.0/24', '203.0.113.0/24', '2001:db8::/32'].map(
  (range) => ipaddr.parseCIDR(range),
)

/** Whether an address may be sent as a visitor's: public unicast, or of the ranges for documentation. */
export function isVisitorAddress(address: string): boolean {
  if (isGlobalUnicast(address)) return true
  const parsed = parse(address)
  return parsed !== undefined && documentationRanges.some(([range, bits]) => isIn(parsed, range, bits))
}

function isIn(address: ipaddr.IPv4 | ipaddr.IPv6, range: ipaddr.IPv4 | ipaddr.IPv6, bits: number): boolean {
  return address.kind() === range.kind() && address.match(range, bits)
}
