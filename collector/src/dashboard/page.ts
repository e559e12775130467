/** What a page of the dashboard is: an address, a view of what there is now, and what its forms do. */
import type { ComponentChildren } from 'preact'
import type { Scripts } from '../endpoints/script.js'
import type { SiteConfig, SiteRegistry } from '../sites/registry.js'
import type { Records } from '../store/records.js'
import type { Reports } from '../store/reports.js'
import type { Store } from '../store/store.js'
import type { Vendor, VendorKind } from '../vendors/vendor.js'
import type { Verification } from '../verification/handshake.js'
import type { CheckPage } from '../verification/page-check.js'
import type { Auth } from './auth/auth.js'
import type { Form } from './form.js'

/** What the dashboard may know and do. */
export interface DashboardServices {
  version: string
  /** Unix milliseconds. */
  clock: () => number
  siteRegistry: SiteRegistry
  store: Records & Reports & Pick<Store, 'append' | 'replay' | 'queues' | 'skips'>
  kinds: readonly VendorKind[]
  vendors: ReadonlyMap<string, Pick<Vendor, 'credentials' | 'map' | 'test'>>
  password: Pick<Auth, 'managedByEnv' | 'change'>
  /** What has been saved takes effect: on the next request and the next send. */
  apply(): Promise<void>
  /** The settings of the process, secrets masked, by the name that sets each. */
  settings: ReadonlyMap<string, { value: string; from: string }>
  scripts: Scripts
  verification: Pick<Verification, 'begin' | 'last'>
  /** Looks at a page of a site from here: what is wrong with it, or why it did not come. Absent where it is off. */
  checkPage?: CheckPage | undefined
  /** What is wrong with an event of the site's server; nothing is sent or kept. */
  check(site: string, event: unknown): string[]
  /** Sends one event the way of all events, as the site's server. */
  send(site: string, event: unknown): Promise<Sent>
  /** Credits for the region data, to be shown on every page. */
  regionCredit: { text: string; url: string }
}

export type Sent = { problems: string[] } | { ids: string[]; skipped?: string }

export interface Context {
  services: DashboardServices
  /** The chosen domain: that of `?site=`, else the first one. */
  site?: SiteConfig
  query: URLSearchParams
  /** What stands for `:id` in the path. */
  id: string
  /** Unix milliseconds. */
  now: number
  /** Where this collector is reached, as the owner's browser sees it. */
  origin: string
  /** Address of the owner's browser, as the collector sees it. */
  address: string
  csrf: string
  /** What an action gave to be shown this once. */
  oneTimeSecret?: string
  /** After a refused form: what was sent, and what is wrong by field; '' is the form as a whole. */
  refused?: { action: string; values: Form; problems: Problems }
}

export type Problems = Record<string, string>

export type Done =
  /** In words for the owner, shown on the next page. */
  | { said: string; to?: string }
  | { problems: Problems }
  /** To be shown this once and never again: the page follows at once, without a way back to it. */
  | { once: string; said: string }

export interface Page {
  /** Below `/admin`, such as `/connections`; may end in `/:id`. */
  path: string
  title: string
  /** As it stands in the way around; absent for a page that is reached from another. */
  nav?: string
  /** Nothing given: there is no such thing. */
  view(context: Context): Promise<ComponentChildren | undefined> | ComponentChildren | undefined
  /** What the forms of the page do, by their `action` field. */
  actions?: Readonly<Record<string, (form: Form, context: Context) => Promise<Done>>>
}

/** The page's address for a domain. */
export function to(path: string, site?: { domain: string }, more: Record<string, string> = {}): string {
  const query = new URLSearchParams({ ...(site && { site: site.domain }), ...more }).toString()
  return `/admin${path === '/' ? '' : path}${query && `?${query}`}`
}
