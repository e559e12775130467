/** Recognises host names and addresses of this machine. */
import { cleanAddress } from './client-ip.js'

/**
 * Whether a host is `localhost`, one of its sub-domains (RFC 6761) or a loopback address.
 * @param host host name or IP address in any case, with or without brackets, without a port
 */
export function isLocalHost(host: string): boolean {
  const name = host.toLowerCase().replace(/\.$/, '')
  if (name === 'localhost' || name.endsWith('.localhost')) return true
  const address = cleanAddress(name) ?? ''
  return address === '::1' || address.startsWith('127.')
}
