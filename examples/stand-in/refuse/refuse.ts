/** Checks a request against all rules in order, and returns the first refusal. */

import { arrayOrEmpty, type JsonObject } from '../json.js'
import type { RateLimit } from '../rate-limit.js'
import type { Tokens } from '../tokens.js'
import { refuseEvent, refusePlainData } from './event.js'
import { type Refusal, refusal } from './refusal.js'
import { type RawRequest, refuseBody, refuseData, refusePixel, refuseRoot, refuseToken } from './request.js'

export interface RefusalContext {
  tokens: Tokens
  rateLimit: RateLimit
  /** Whether plain personal data is refused with 40062. */
  strict: boolean
}

const rateLimitRefusal = refusal(
  40100,
  'TT-E19',
  'Access-Token',
  'too many',
  'Too many requests. Please retry in some time.',
)

const firstEventRefusal = (root: JsonObject, check: typeof refuseEvent): Refusal | undefined => {
  for (const [i, event] of arrayOrEmpty(root.data).entries()) {
    const refused = check(event, `data[${i}]`)
    if (refused) return refused
  }
  return undefined
}

/** `root` is the parsed body; undefined when it could not be parsed. */
export const refuse = (
  request: RawRequest,
  root: JsonObject | undefined,
  context: RefusalContext,
): Refusal | undefined => {
  const token = request.token ?? ''
  return (
    refuseToken(request, context.tokens) ??
    (root
      ? (refuseRoot(root) ??
        refusePixel(token, String(root.event_source_id), context.tokens) ??
        refuseData(root) ??
        firstEventRefusal(root, refuseEvent) ??
        (context.strict ? firstEventRefusal(root, refusePlainData) : undefined))
      : refuseBody(request)) ??
    (context.rateLimit.isExceeded(token) ? rateLimitRefusal : undefined)
  )
}
