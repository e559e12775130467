/** Where the visitor is, by the best evidence at hand. Knows no law and no flag. */
import type { EnrichedEvent } from '../event.js'

export interface Place {
  /** Upper-case ISO 3166-1. */
  country?: string
  /** Upper-case code of a US state. */
  region?: string
  source: 'unknown'
}

export type Locate = (event: EnrichedEvent) => Place

/** Unknown is an answer: privacy.ts says what it means. */
export const locate: Locate = () => ({ source: 'unknown' })
