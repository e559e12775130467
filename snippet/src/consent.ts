/**
 * Whether events may be stored and sent, and which privacy signals go with them.
 * Never knows what an event is.
 */
import type { WirePrivacy } from '../../collector/src/wire.js'
import type { ConsentAnswer } from './api.js'

/** By who gave it; an answer that is misspelt holds. Empty: nobody was asked yet, or may go unasked. */
export const answers: Record<string, string> = {}

/** Readers of consent platforms add theirs. */
export const signals: WirePrivacy = {}

const given = () => Object.values(answers)

/** The strictest answer wins. */
export const isRevoked = () => given().includes('revoke')
export const isGranted = () => (given()[0] && given().every((answer) => answer === 'grant')) as boolean

/** Where nobody has to be asked. */
export const presume = () => {
  answers.nobody = 'grant'
}

/** Without a source it is the page itself that says so. Nothing is sent but what every source has granted. */
export const decide = (said: ConsentAnswer, source = 'page') => {
  // Whatever cannot be a text throws here, before it can spoil each later look.
  answers[source] = `${said}`
  if (said === 'grant') signals.consent = 'granted'
}

/** With Global Privacy Control: https://w3c.github.io/gpc/ */
export const readSignals = (): WirePrivacy =>
  (navigator as { globalPrivacyControl?: boolean }).globalPrivacyControl === true
    ? { ...signals, gpc: true }
    : signals
