/** Hands a platform's answer on, and what follows from it once all platforms of the moment were heard. */
import type { ConsentAnswer } from '../api.js'
import { releaseSoon } from '../auto-track.js'
import { answers, decide } from '../consent.js'
import { log } from '../logger.js'

/** `none`: the platform was heard, but has no say in storing and sending. */
export type Said = ConsentAnswer | 'none'

export const say = (source: string, said: Said) => {
  log(source, said)
  if (said === 'none') delete answers[source]
  else decide(said, source)
  releaseSoon()
}
