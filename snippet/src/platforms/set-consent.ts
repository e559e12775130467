/** Records a platform's answer and applies it to the pending events. */
import type { ConsentAnswer } from '../api.js'
import { applyConsentSoon } from '../auto-track.js'
import { consentBySource, recordConsent } from '../consent.js'
import { log } from '../logger.js'

/** `none`: the platform has responded, but does not decide about storing and sending. */
export type PlatformAnswer = ConsentAnswer | 'none'

export const setConsent = (source: string, answer: PlatformAnswer) => {
  log(source, answer)
  if (answer === 'none') delete consentBySource[source]
  else recordConsent(answer, source)
  applyConsentSoon()
}
