/** Holds the settings of the script tag, and decides whether they apply to the page's host. */
import type { TagferrySettings } from './api.js'

export interface Settings extends TagferrySettings {
  site: string
  /** Nonce of the dashboard's installation check, from the page's address. */
  verify?: string
  /** Name of the global, default `tagferry`; for script tags only. */
  global?: string
}

/** Filled in when the script starts. A page has one tagferry, so all modules share this object. */
export const settings = {} as Settings

export const applySettings = (values: Partial<TagferrySettings>) => {
  Object.assign(settings, values)
  settings.site ||= location.hostname.replace(/^www\./, '')
}

/** Whether the page's host is the site, one of its sub-domains, or exactly one of the aliases. */
export const isSiteHost = () =>
  `.${location.hostname}`.endsWith(`.${settings.site}`) ||
  `${settings.aliases}`.split(/[\s,]+/).includes(location.hostname)
