/** What a Content Security Policy lets a page load. As far as hosts go; a nonce or hash is for the browser to judge. */

export type Policy = ReadonlyMap<string, readonly string[]>

/** @param text a header's value, maybe of several policies, or that of a meta element */
export function readPolicies(text: string): Policy[] {
  return text
    .split(',')
    .map((policy) => new Map(policy.split(';').flatMap(readDirective)))
    .filter((policy) => policy.size > 0)
}

function readDirective(text: string): [string, string[]][] {
  const [name, ...sources] = text.trim().split(/\s+/)
  return name ? [[name.toLowerCase(), sources]] : []
}

/** @param directives the first of them that the policy has decides, such as `script-src-elem`, `script-src`, `default-src` */
export function allows(policy: Policy, directives: readonly string[], address: URL, page: URL): boolean {
  const sources = directives.map((name) => policy.get(name)).find((found) => found !== undefined)
  if (sources === undefined) return true
  // With these the hosts do not count: whether the tag has the nonce or hash cannot be told from here.
  if (sources.some((source) => /^'(nonce-|sha\d|strict-dynamic)/i.test(source))) return true
  return sources.some((source) => matches(source.toLowerCase(), address, page))
}

function matches(source: string, address: URL, page: URL): boolean {
  if (source === "'self'") return address.origin === page.origin
  if (source === '*') return /^https?:$/.test(address.protocol)
  if (/^[a-z][a-z0-9+.-]*:$/.test(source)) return source === address.protocol
  const found = /^(?:([a-z][a-z0-9+.-]*):\/\/)?(\*|[^/:]+)(?::(\d+|\*))?(\/[^?#]*)?$/.exec(source)
  if (!found) return false
  const [, scheme, host = '', port, path] = found
  const schemes = scheme === undefined ? [page.protocol, 'https:'] : [`${scheme}:`, `${scheme}s:`]
  if (!schemes.includes(address.protocol)) return false
  const own = address.hostname
  if (host !== '*' && !(host.startsWith('*.') ? own.endsWith(host.slice(1)) : own === host)) return false
  if (port !== '*' && (port ?? defaultPort(address)) !== portOf(address)) return false
  if (path === undefined || path === '/') return true
  return path.endsWith('/') ? address.pathname.startsWith(path) : address.pathname === path
}

const defaultPort = ({ protocol }: URL) => (protocol === 'https:' ? '443' : '80')
const portOf = (address: URL) => address.port || defaultPort(address)
