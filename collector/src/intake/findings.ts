/** Defines where the intake reports what it refused and what it left out of accepted events. */
import type { BodyRule } from '../http/body.js'
import type { InputRoute } from '../store/input-problems.js'
import type { ProblemRule } from './problem.js'
import type { Warning } from './warning.js'

/** Why a request was refused. The first problem of an invalid body counts. */
export type RefusalRule =
  | BodyRule
  | ProblemRule
  | 'rate_limit'
  | 'no_key'
  | 'wrong_site'
  | 'unknown_site'
  | 'unavailable'

export interface Refusal {
  /** Domain of the site, where the request names one that is known. */
  site: string | undefined
  route: InputRoute
  status: number
  rule: RefusalRule
  /** Place in the body; empty for the whole request. */
  path: string
}

export interface Findings {
  /** Receives all warnings of one stored event, or of the request around its events. */
  warned(site: string, route: InputRoute, warnings: readonly Warning[]): void
  refused(refusal: Refusal): void
}
