/** Warns about the IP address, the locale and the Limited Data Use flag, which depends on the location. */
import { BlockList, isIP } from 'node:net'
import { at } from '../json.js'
import { createFinding, type Finding } from '../rules.js'

// Special-purpose ranges of IANA, without the documentation ranges (RFC 5737) that the examples use.
const nonPublicRanges = new BlockList()
for (const [net, bits] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
  ['192.0.0.0', 24],
  ['198.18.0.0', 15],
  ['224.0.0.0', 3],
] as const)
  nonPublicRanges.addSubnet(net, bits, 'ipv4')
for (const [net, bits] of [
  ['::', 127],
  ['fc00::', 7],
  ['fe80::', 10],
  ['fec0::', 10],
  ['64:ff9b::', 96],
  ['100::', 64],
  ['2002::', 16],
  ['ff00::', 8],
] as const)
  nonPublicRanges.addSubnet(net, bits, 'ipv6')

export const isPublicIp = (value: string): boolean => {
  const version = isIP(value)
  return version !== 0 && !nonPublicRanges.check(value, version === 6 ? 'ipv6' : 'ipv4')
}

export const warnLocation = (event: unknown, path: string): Finding[] => {
  const found: Finding[] = []
  const flag = at(event, 'limited_data_use')
  const ip = at(at(event, 'user'), 'ip')
  const locale = at(at(event, 'user'), 'locale')
  if (flag === undefined) found.push(createFinding('TT-W09', `${path}.limited_data_use`, flag))
  if (flag === true && ip === undefined) found.push(createFinding('TT-W08', `${path}.user.ip`, ip))
  if (ip !== undefined && ip !== '' && !(typeof ip === 'string' && isPublicIp(ip)))
    found.push(createFinding('TT-W10', `${path}.user.ip`, ip))
  if (typeof locale === 'string' && locale.includes('_'))
    found.push(createFinding('TT-W11', `${path}.user.locale`, locale))
  return found
}
