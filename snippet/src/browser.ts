/** Entry for bundlers: starts the full script by a call. Importing it has no side effects. */
import type { Tagferry, TagferrySettings } from './api.js'
import { createExtension } from './extend.js'
import { applySettings } from './settings.js'
import { startTagferry } from './tagferry.js'

export type * from './api.js'

const plugins = {
  ttq: () => import('./plugins/ttq.js'),
  datalayer: () => import('./plugins/datalayer.js'),
  linker: () => import('./plugins/linker.js'),
  verify: () => import('./plugins/verify.js'),
}

/**
 * Starts tracking on this page. Call it once, as early as possible: a router may remove the click id from the
 * address. Without a window, as on a server, it returns an object whose methods do nothing.
 */
export const createTagferry = (settings: TagferrySettings): Tagferry => {
  try {
    applySettings(settings)
    return startTagferry(
      [],
      createExtension((name) => plugins[name]()),
    )
  } catch {
    const noop = () => {}
    return { track: noop, identify: noop, page: noop, consent: noop, on: noop }
  }
}
