/** Defines a diagnosis: its words for the owner, and the checks that raise it. */
import type { InstanceFacts, SiteFacts } from './facts.js'
import type { PageFacts } from './page-facts.js'

export type Severity = 'error' | 'warning' | 'info'

/** Most severe first. An error stops or loses events; a warning makes them worth less; the rest is good to know. */
export const severities: readonly Severity[] = ['error', 'warning', 'info']

export interface Rule {
  code: string
  severity: Severity
  /**
   * What happened, without a full stop. In this and the next two texts `{vendor}` stands for the vendor of the
   * connection; where no single connection is meant, for all vendors.
   */
  title: string
  /** Why it matters. */
  why: string
  /** What to do. */
  fix: string
  /** Dashboard page where the fix is made. */
  path?: string
  /** Documentation file with more about it. */
  docs: string
  /** Looks for the issue in what the collector has stored about a site. */
  checkSite?: Check<SiteFacts>
  /** Looks for the issue in the setup of this collector. */
  checkInstance?: Check<InstanceFacts>
  /** Looks for the issue in a page of a site, as a server sends it. */
  checkPage?: Check<PageFacts>
  /** Only the script in the browser can notice the issue; no check exists. */
  scriptOnly?: true
}

/** Pure: gives what it found, or nothing. */
export type Check<Facts> = (facts: Facts) => Finding | undefined

export interface Finding {
  /** What was seen in this case, such as a name, a number or the vendor's message. */
  detail?: string
  /** Label of the vendor, where one connection is affected. */
  vendor?: string
  /** Names under which the affected events are counted; absent if no particular event is affected. */
  events?: readonly string[]
  /** Unix milliseconds; absent if the facts do not contain it. */
  since?: number
}
