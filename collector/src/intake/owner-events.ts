/** Checks and sends single events that the owner enters in the dashboard, as if the site's server had sent them. */
import { serverContext } from './context.js'
import type { Intake } from './pipeline.js'
import type { Problem } from './problem.js'
import type { ValidateBody } from './validate.js'

export interface OwnerEvents {
  /** The problems of an event, as sentences; nothing is stored or sent. */
  check(site: string, event: unknown): string[]
  /** Passes one event through the intake. */
  send(site: string, event: unknown): Promise<SendResult>
}

type SendResult = { problems: string[] } | { ids: string[]; skipped?: string }

const toSentence = ({ path, problem }: Problem) => `${path}: ${problem}.`

/** @param clock Unix milliseconds */
export function createOwnerEvents(
  intake: Intake,
  validateBody: ValidateBody,
  clock: () => number,
): OwnerEvents {
  return {
    check(site, event) {
      const validated = validateBody({ site, events: [event] }, true, 'server')
      return validated.ok ? [] : validated.problems.map(toSentence)
    },
    async send(site, event) {
      const value = { site, events: [event] }
      const body = { value, hasEscapes: true, bytes: Number.POSITIVE_INFINITY }
      const result = await intake(body, serverContext(site, clock()))
      switch (result.kind) {
        case 'stored': {
          const { ids, skipped } = result.answer
          return { ids, ...(skipped[0] && { skipped: skipped[0].reason }) }
        }
        case 'invalid':
          return { problems: result.problems.map(toSentence) }
        case 'wrong_site':
        case 'unavailable':
          return { problems: ['The event could not be stored now. Try again.'] }
      }
    },
  }
}
