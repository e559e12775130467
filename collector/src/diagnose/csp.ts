/** Reads a Content Security Policy and decides by host names what it lets a page load. */

/** The sources of each directive, by its name in lower case. */
export type Policy = ReadonlyMap<string, readonly string[]>

/** @param text a header's value, which may hold several policies, or the content of a meta element */
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

/**
 * @param directives the first one that the policy has decides, such as `script-src-elem`, `script-src`, `default-src`
 * @param page address of the page that has the policy
 */
export function allows(policy: Policy, directives: readonly string[], address: URL, page: URL): boolean {
  const sources = directives.map((name) => policy.get(name)).find((found) => found !== undefined)
  if (sources === undefined) return true
  // A nonce, a hash or strict-dynamic overrides the host names. Only the browser can check whether the tag satisfies it.
  if (sources.some((source) => /^'(nonce-|sha\d|strict-dynamic)/i.test(source))) return true
  return sources.some((source) => matches(source.toLowerCase(), address, page))
}

function matches(source: string, address: URL, page: URL): boolean {
  if (source === "'self'") return address.origin === page.origin
  if (source === '*') return /^https?:$/.test(address.protocol)
  if (/^[a-z][a-z0-9+.-]*:$/.test(source)) return source === address.protocol
  const parts = /^(?:([a-z][a-z0-9+.-]*):\/\/)?(\*|[^/:]+)(?::(\d+|\*))?(\/[^?#]*)?$/.exec(source)
  if (!parts) return false
  const [, scheme, host = '', port, path] = parts
  const schemes = scheme === undefined ? [page.protocol, 'https:'] : [`${scheme}:`, `${scheme}s:`]
  return (
    schemes.includes(address.protocol) &&
    matchesHost(host, address.hostname) &&
    (port === '*' || (port ?? defaultPort(address)) === portOf(address)) &&
    matchesPath(path, address.pathname)
  )
}

function matchesHost(pattern: string, hostname: string): boolean {
  if (pattern === '*') return true
  return pattern.startsWith('*.') ? hostname.endsWith(pattern.slice(1)) : hostname === pattern
}

function matchesPath(pattern: string | undefined, pathname: string): boolean {
  if (pattern === undefined || pattern === '/') return true
  return pattern.endsWith('/') ? pathname.startsWith(pattern) : pathname === pattern
}

const defaultPort = ({ protocol }: URL) => (protocol === 'https:' ? '443' : '80')
const portOf = (address: URL) => address.port || defaultPort(address)
