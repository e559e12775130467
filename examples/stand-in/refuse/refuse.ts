/** Knows the order in which a request is refused; the first broken rule is the only one that is answered. */
import type { Burst } from '../burst.js'
import { type JsonObject, listOf } from '../json.js'
import type { Tokens } from '../tokens.js'
import { refuseEvent, refusePlain } from './event.js'
import { type Refusal, refusal } from './refusal.js'
import { type Arrival, refuseBody, refuseData, refusePixel, refuseRoot, refuseToken } from './request.js'

export interface Law {
  tokens: Tokens
  burst: Burst
  /** Refuses plain personal data with 40062. */
  strict: boolean
}

const tooFast = refusal(
  40100,
  'TT-E19',
  'Access-Token',
  'too many',
  'Too many requests. Please retry in some time.',
)

const firstRefused = (root: JsonObject, check: typeof refuseEvent): Refusal | undefined => {
  for (const [i, event] of listOf(root.data).entries()) {
    const refused = check(event, `data[${i}]`)
    if (refused) return refused
  }
  return undefined
}

/** `root` is the parsed body, undefined when it could not be read. */
export const refuse = (arrival: Arrival, root: JsonObject | undefined, law: Law): Refusal | undefined => {
  const token = arrival.token ?? ''
  return (
    refuseToken(arrival, law.tokens) ??
    (root
      ? (refuseRoot(root) ??
        refusePixel(token, String(root.event_source_id), law.tokens) ??
        refuseData(root) ??
        firstRefused(root, refuseEvent) ??
        (law.strict ? firstRefused(root, refusePlain) : undefined))
      : refuseBody(arrival)) ??
    (law.burst.exceeded(token) ? tooFast : undefined)
  )
}
