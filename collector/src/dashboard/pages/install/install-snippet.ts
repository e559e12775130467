/** What a site owner pastes: the stub that keeps early calls, and the tag that loads the script. */
import type { SiteConfig } from '../../../sites/registry.js'
import type { DashboardServices } from '../../page.js'

export interface Snippet {
  /** Stub and tag. */
  plain: string
  /** The same, held to this version by its hash. */
  pinned: string
  /** The tag alone. */
  bare: string
}

export function snippetFor(
  { scripts }: Pick<DashboardServices, 'scripts'>,
  origin: string,
  { domain, consentRequired }: Pick<SiteConfig, 'domain' | 'consentRequired'>,
): Snippet {
  const { files, stub } = scripts
  const file = files.get('t.js')
  // What the collector asks for, the script waits for.
  const about = `data-site="${domain}"${consentRequired ? ' data-consent="required"' : ''}`
  const bare = `<script async src="${origin}/t.js" ${about}></script>`
  const pinned = `<script async src="${origin}${file?.path}" integrity="${file?.integrity}" crossorigin="anonymous" ${about}></script>`
  const first = `<script>${stub}</script>`
  return { plain: `${first}\n${bare}`, pinned: `${first}\n${pinned}`, bare }
}
