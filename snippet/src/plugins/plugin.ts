/**
 * Declares the contract of a plugin: a feature that few sites use, in a file of its own beside the script. The
 * script loads it when a setting or the page's address requires it. Types only.
 */
import type { Tagferry } from '../api.js'
import type { Settings } from '../settings.js'

export interface Plugin {
  start(
    tagferry: Tagferry,
    settings: Settings,
    /** Returns the newest click, `<click id>~<Unix ms>`. It begins with `~` when there is none. */
    getClickEntry: () => string,
    /** Adds such an entry to those captured on this page. */
    addCapturedClick: (entry: string) => unknown,
    isGranted: () => boolean,
    /** The last consent answer of each source. */
    consentBySource: Record<string, string>,
  ): unknown
}
