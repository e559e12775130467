/** Knows what a further example page is: where it lives, and how the index tells of it. */
import type { House } from '../hosts.js'
import type { Around, Page } from '../pages/frame.js'

export const GROUPS = ['Click ids', 'Orders', 'Consent and privacy', 'Ways to install', 'Rough sea'] as const

/** What a page may know of the request for it. */
export interface Visit extends Around {
  /** The inspector's origin, where TikTok's stand-in serves its pixel too. */
  tiktok: string
  /** Where the shop's own server reaches the collector. */
  collector: string
  /** With its colon, or empty. */
  port: string
  /** Made anew for each request. */
  nonce: string
  /** A parameter of the address, or empty. */
  asked(name: string): string
}

export interface Case {
  path: string
  house: House
  /** Shown on hosts of other domains too. */
  anyHost?: true
  group: (typeof GROUPS)[number]
  /** One sentence for the index. */
  line: string
  /** Where the index links to, when not to the path. */
  start?(visit: Visit): string
  headers?(visit: Visit): Record<string, string>
  page(visit: Visit): Page
}
