/** Defines an open issue: a diagnosis that applies now, with what its check found. */
import type { Code } from './registry.js'
import type { Finding } from './rule.js'

export interface Issue extends Finding {
  code: Code
  /** Domain of the site; absent if the issue belongs to no single site. */
  site?: string
}
