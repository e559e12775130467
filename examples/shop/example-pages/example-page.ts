/** Describes an example page: its address, its entry in the index, and how it is rendered. */
import type { Subdomain } from '../hosts.js'
import type { Page, PageContext } from '../pages/layout.js'

export const GROUPS = ['Click ids', 'Orders', 'Consent and privacy', 'Ways to install', 'Edge cases'] as const

/** The request for an example page. */
export interface ExampleContext extends PageContext {
  /** Origin of the stand-in for TikTok, which serves the pixel too. */
  tiktokOrigin: string
  /** Origin of the collector, for requests from the shop's server. */
  collectorOrigin: string
  /** Port with its colon, such as `:8080`; empty for the default port. */
  portSuffix: string
  /** Random for each request. */
  nonce: string
  /** A query parameter, or an empty string. */
  query(name: string): string
}

export interface ExamplePage {
  path: string
  subdomain: Subdomain
  /** Whether hosts of other domains serve the page too. */
  anyHost?: true
  group: (typeof GROUPS)[number]
  /** One sentence for the index. */
  summary: string
  /** Link of the index, where it is not the page itself. */
  start?(context: ExampleContext): string
  headers?(context: ExampleContext): Record<string, string>
  page(context: ExampleContext): Page
}
