/**
 * Whether events may be stored and sent, and which privacy signals go with them.
 * Never knows what an event is.
 */
import type { WirePrivacy } from '../../collector/src/wire.js'
import type { ConsentAnswer } from './api.js'

/** Anything but `grant` and `revoke` holds: before the start, and when an answer is misspelt. */
let answer: ConsentAnswer = 'hold'

/** Readers of consent platforms add theirs. */
export const signals: WirePrivacy = {}

export const isGranted = () => answer === 'grant'
export const isRevoked = () => answer === 'revoke'

/** Where nobody has to be asked. */
export const presume = () => {
  answer = 'grant'
}

export const decide = (said: ConsentAnswer) => {
  answer = said
  signals.consent = 'granted'
}

/** With Global Privacy Control: https://w3c.github.io/gpc/ */
export const readSignals = (): WirePrivacy => {
  const { globalPrivacyControl } = navigator as { globalPrivacyControl?: boolean }
  return globalPrivacyControl === true ? { ...signals, gpc: true } : signals
}
