/** Builds the HTML that a site owner pastes: the stub that queues early calls, and the tag that loads the script. */
import type { Scripts } from '../../../endpoints/script.js'
import type { SiteConfig } from '../../../sites/registry.js'

export interface InstallSnippet {
  /** Stub and tag. */
  standard: string
  /** Stub and tag for this version alone: the tag has its hash (SRI). */
  pinned: string
  tagOnly: string
}

/** @param origin of this collector */
export function buildInstallSnippet(
  { files, stub }: Scripts,
  origin: string,
  { domain, consentRequired }: Pick<SiteConfig, 'domain' | 'consentRequired'>,
): InstallSnippet {
  const file = files.get('t.js')
  // The script must wait for consent where the collector skips events without it.
  const attributes = `data-site="${domain}"${consentRequired ? ' data-consent="required"' : ''}`
  const tagOnly = `<script async src="${origin}/t.js" ${attributes}></script>`
  const pinnedTag = `<script async src="${origin}${file?.path}" integrity="${file?.integrity}" crossorigin="anonymous" ${attributes}></script>`
  const stubScript = `<script>${stub}</script>`
  return { standard: `${stubScript}\n${tagOnly}`, pinned: `${stubScript}\n${pinnedTag}`, tagOnly }
}
