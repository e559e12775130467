/** Entry for bundlers: the same as the script tag, started by a call. Importing it does nothing. */
import type { Tagferry, TagferrySettings } from './api.js'
import { extendWith } from './extend.js'
import { applySettings } from './settings.js'
import { startTagferry } from './tagferry.js'

export type * from './api.js'

const parts = {
  ttq: () => import('./plugins/ttq.js'),
  datalayer: () => import('./plugins/datalayer.js'),
  linker: () => import('./plugins/linker.js'),
  verify: () => import('./plugins/verify.js'),
}

/**
 * Starts tracking on this page; call it once, as early as possible, so that the click id is still in the
 * address. Where there is no window, as on a server, the result does nothing.
 */
export const createTagferry = (settings: TagferrySettings): Tagferry => {
  try {
    applySettings(settings)
    return startTagferry(
      [],
      extendWith((part) => parts[part]()),
    )
  } catch {
    const nothing = () => {}
    return { track: nothing, identify: nothing, page: nothing, consent: nothing, on: nothing }
  }
}
