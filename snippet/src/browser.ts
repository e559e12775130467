/** Entry for bundlers: the same as the script tag, started by a call. Importing it does nothing. */
import type { Tagferry, TagferrySettings } from './api.js'
import { watchPlatforms } from './platforms/watch.js'
import { applySettings } from './settings.js'
import { startTagferry } from './tagferry.js'

export type * from './api.js'

/**
 * Starts tracking on this page; call it once, as early as possible, so that the click id is still in the
 * address. Where there is no window, as on a server, the result does nothing.
 */
export const createTagferry = (settings: TagferrySettings): Tagferry => {
  try {
    applySettings(settings)
    return startTagferry([], watchPlatforms)
  } catch {
    const nothing = () => {}
    return { track: nothing, identify: nothing, page: nothing, consent: nothing, on: nothing }
  }
}
