/** Decides whether events may be stored and sent, and collects the privacy signals that go with them. */
import type { WirePrivacy } from '../../collector/src/wire.js'
import type { ConsentAnswer } from './api.js'

/** The last answer of each source. A misspelt answer counts as `hold`, and so does an empty record. */
export const consentBySource: Record<string, string> = {}

/** Readers of consent platforms add theirs. */
export const privacySignals: WirePrivacy = {}

const getAnswers = () => Object.values(consentBySource)

/** The strictest answer wins. */
export const isRevoked = () => getAnswers().includes('revoke')
export const isGranted = () =>
  (getAnswers()[0] && getAnswers().every((answer) => answer === 'grant')) as boolean

/** Grants consent on sites that do not require it. The dashboard's check reports this source as `nobody`. */
export const grantByDefault = () => {
  consentBySource.nobody = 'grant'
}

/** Records the answer of a source, by default of the page itself. Events are sent once every source has granted. */
export const recordConsent = (answer: ConsentAnswer, source = 'page') => {
  // A value without a string form throws here, before it is recorded and breaks every later read.
  consentBySource[source] = `${answer}`
  if (answer === 'grant') privacySignals.consent = 'granted'
}

/** Adds Global Privacy Control: https://w3c.github.io/gpc/ */
export const readPrivacySignals = (): WirePrivacy =>
  (navigator as { globalPrivacyControl?: boolean }).globalPrivacyControl === true
    ? { ...privacySignals, gpc: true }
    : privacySignals
