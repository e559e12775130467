/** Hands a platform's answer on, and what follows from it once all platforms of the moment were heard. */
import type { ConsentAnswer } from '../api.js'
import { decide, hold, retract } from '../consent.js'
import { attempt, log } from '../journal.js'
import { release } from '../tagferry.js'

/** `none`: the platform was heard, but has no say in storing and sending. */
export type Said = ConsentAnswer | 'none'

export const say = (source: string, said: Said) => {
  log('consent', source, said)
  if (said === 'none') retract(source)
  else if (said === 'hold') hold(source)
  else decide(said, source)
  queueMicrotask(() => attempt(release))
}
