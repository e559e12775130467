/** Describes the parts of the stand-in that its routes share. */
import type { Answers } from './answers.js'
import type { EventStore } from './event-store.js'
import type { Ledger } from './ledger.js'
import type { RateLimit } from './rate-limit.js'
import type { RuleId } from './rules.js'
import type { PixelSettingsStore } from './settings.js'
import type { Tokens } from './tokens.js'

export interface StandInServices {
  tokens: Tokens
  rateLimit: RateLimit
  settings: PixelSettingsStore
  answers: Answers
  events: EventStore
  ledger: Ledger
  /** Hashes that are known to be wrong, with the rule that each one breaks. */
  knownBadHashes: ReadonlyMap<string, RuleId>
  /** The clock of a pixel, in milliseconds since 1970. */
  now: (pixel: string) => number
  /** Aborted when the server closes; ends waits and hangs. */
  closing: AbortSignal
}
