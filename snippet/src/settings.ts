/** The script tag's `data-*` -> settings; which hosts they are for. Never touches storage or network. */
import type { TagferrySettings } from './api.js'

export interface Settings extends TagferrySettings {
  site: string
  /** Of the dashboard's check, from the address. */
  verify?: string
  /** Name of the global, default `tagferry`; for script tags only. */
  global?: string
}

/** A page has one tagferry: these are filled in when it starts, and everything else reads them here. */
export const settings = {} as Settings

export const applySettings = (given: Partial<TagferrySettings>) => {
  Object.assign(settings, given)
  settings.site ||= location.hostname.replace(/^www\./, '')
}

/** The site itself, its sub-domains, and the aliases as they are written. */
export const isOwnHost = () =>
  `.${location.hostname}`.endsWith(`.${settings.site}`) ||
  `${settings.aliases}`.split(/[\s,]+/).includes(location.hostname)
