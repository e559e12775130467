/** Completes page addresses that begin with a path or a host. */
import type { Site } from '../event.js'
import { hostOf, type Sites } from '../sites/hosts.js'

/**
 * The address with scheme and host: a path belongs to the site, and a host must be one of the site.
 * @returns `undefined` for an address of another kind, such as `about:blank`
 */
export function absoluteUrl(
  text: string | undefined,
  site: Site,
  sites: Pick<Sites, 'allows'>,
): string | undefined {
  if (text === undefined || /^https?:\/\//i.test(text)) return text
  if (text === '') return undefined
  if (text.startsWith('//')) return `https:${text}`
  if (/^[/?#]/.test(text)) return `https://${site.domain}/${text.replace(/^\//, '')}`
  const host = /^[\w.-]+\.[a-z\d-]+(?=[/?#:]|$)/i.test(text) ? hostOf(`https://${text}`) : undefined
  return host && sites.allows(site, host) ? `https://${text}` : undefined
}
