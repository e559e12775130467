/** Adds the features of the full script to the core: consent platforms, automatic events and plugins. */
import type { Tagferry } from './api.js'
import { addCapturedClick, getClickEntry } from './click.js'
import { consentBySource, isGranted } from './consent.js'
import { log } from './logger.js'
import { trackMarkup } from './markup.js'
import { trackPages } from './pages.js'
import { connectPlatforms } from './platforms/index.js'
import type { Plugin } from './plugins/plugin.js'
import { settings } from './settings.js'
import { readValues } from './storage.js'

/** A plugin is loaded when the setting of its name is set. */
type PluginName = 'ttq' | 'datalayer' | 'linker' | 'verify'

export const createExtension =
  (loadPlugin: (name: PluginName) => Promise<Plugin>) => (tagferry: Tagferry) => {
    trackMarkup()
    settings.verify = readValues('tagferry_verify')[0] as string
    for (const name of ['ttq', 'datalayer', 'linker', 'verify'] as const)
      if (settings[name])
        loadPlugin(name)
          .then((plugin) =>
            plugin.start(tagferry, settings, getClickEntry, addCapturedClick, isGranted, consentBySource),
          )
          .catch(log)
    return () => {
      trackPages()
      connectPlatforms()
    }
  }
