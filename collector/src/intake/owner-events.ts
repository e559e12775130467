/** Checks and sends single events that the owner enters in the dashboard, as if the site's server had sent them. */
import type { RequestContext } from '../event.js'
import { StoreUnavailable } from '../store/store.js'
import { type Intake, validateBody } from './pipeline.js'
import type { Problem } from './problem.js'

export interface OwnerEvents {
  /** The problems of an event, as sentences; nothing is stored or sent. */
  check(site: string, event: unknown): string[]
  /** Passes one event through the intake. */
  send(site: string, event: unknown): Promise<SendResult>
}

type SendResult = { problems: string[] } | { ids: string[]; skipped?: string }

const toSentence = ({ path, problem }: Problem) => `${path}: ${problem}.`

/** @param clock Unix milliseconds */
export function createOwnerEvents(intake: Intake, clock: () => number): OwnerEvents {
  return {
    check(site, event) {
      const valid = validateBody({ site, events: [event] }, true, 'server')
      return valid.ok ? [] : valid.problems.map(toSentence)
    },
    async send(site, event) {
      const context: RequestContext = {
        source: 'server',
        receivedAt: clock(),
        keySite: site,
        gpc: false,
        cookies: { optOut: false },
      }
      try {
        const result = await intake({ site, events: [event] }, true, context)
        if (result.status === 202) {
          const { ids, skipped } = result.answer
          return { ids, ...(skipped[0] && { skipped: skipped[0].reason }) }
        }
        if (result.status === 400) return { problems: result.problems.map(toSentence) }
      } catch (error) {
        if (!(error instanceof StoreUnavailable)) throw error
      }
      return { problems: ['The event could not be stored now. Try again.'] }
    },
  }
}
