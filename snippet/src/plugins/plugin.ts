/**
 * What a part gets: a piece that few sites ask for, in a file of its own beside the script, which loads it when
 * a setting or the address says so. Types only.
 */
import type { Tagferry } from '../api.js'
import type { Settings } from '../settings.js'

export interface Part {
  start(
    tagferry: Tagferry,
    settings: Settings,
    /** What is kept of the last click, `<click id>~<Unix ms>`; it begins with `~` when there is none. */
    clickEntry: () => string,
    /** Takes such an entry for the landing's. */
    land: (entry: string) => unknown,
    isGranted: () => boolean,
    /** Who said what of consent. */
    answers: Record<string, string>,
  ): unknown
}
