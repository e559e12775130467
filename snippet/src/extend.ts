/** What the full script adds to the core: consent platforms, and events and click ids from elsewhere than calls. */
import type { Tagferry } from './api.js'
import { clickEntry, land } from './click.js'
import { answers, isGranted } from './consent.js'
import { log } from './logger.js'
import { watchMarkup } from './markup.js'
import { watchPages } from './pages.js'
import { watchPlatforms } from './platforms/index.js'
import type { Part } from './plugins/plugin.js'
import { settings } from './settings.js'
import { valuesOf } from './storage.js'

/** Each is loaded when the setting of its name is there. */
type PartName = 'ttq' | 'datalayer' | 'linker' | 'verify'

export const extendWith = (load: (part: PartName) => Promise<Part>) => (tagferry: Tagferry) => {
  watchMarkup()
  settings.verify = valuesOf('tagferry_verify')[0] as string
  for (const name of ['ttq', 'datalayer', 'linker', 'verify'] as const)
    if (settings[name])
      load(name)
        .then((part) => part.start(tagferry, settings, clickEntry, land, isGranted, answers))
        .catch(log)
  return () => {
    watchPages()
    watchPlatforms()
  }
}
