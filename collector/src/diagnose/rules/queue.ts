/** Diagnoses of what waits for a vendor, and of what the vendor did not take. */
import { hourMs, minuteMs } from '../../time.js'
import { eachConnection, pauseOf, queueOf } from '../connections.js'
import { hoursOfLastDay, sumHours } from '../counts.js'
import type { Rule } from '../rule.js'
import { plural } from '../wording.js'

const docs = 'docs/reliability.md'

export const queue = [
  {
    code: 'queue_growing',
    severity: 'error',
    title: 'Events have been waiting for more than ten minutes',
    why: '{vendor} accepts none of them. They are kept and retried automatically.',
    fix: 'Read the answer of {vendor} under Connections. If it could not be reached, let this server connect to it over https.',
    path: '/connections',
    docs,
    checkSite: eachConnection((connection, facts) => {
      const waiting = queueOf(connection, facts)
      const { vendor, enabled, complete } = connection
      // Each of these has a diagnosis of its own.
      if (!enabled || !complete || facts.site.paused || pauseOf(connection, facts)) return undefined
      if (!waiting || waiting.oldestAt > facts.now - 10 * minuteMs) return undefined
      const last = facts.lastAttempts.get(vendor)
      const answer =
        last && last.outcome !== 'delivered' ? `; last answer: ${last.message ?? last.outcome}` : ''
      return { detail: `${plural(waiting.pending, 'event')}${answer}`, since: waiting.oldestAt }
    }),
  },
  {
    code: 'retries_exhausted',
    severity: 'error',
    title: 'Events have failed',
    why: '{vendor} refused them or could not be reached for too long: they are not retried automatically.',
    fix: 'Read the reason beside each, correct it, then Replay.',
    path: '/events',
    docs,
    checkSite(facts) {
      const hours = hoursOfLastDay(facts).filter(({ failed }) => failed > 0)
      if (hours.length === 0) return undefined
      const deliveries = facts.events.flatMap((event) => event.deliveries)
      const reason = deliveries.find(({ state }) => state === 'failed')?.reason
      return {
        detail: `${plural(sumHours(hours).failed, 'event')} in a day${reason ? `, the newest: '${reason}'` : ''}`,
        since: Math.min(...hours.map(({ hour }) => hour)) * hourMs,
      }
    },
  },
  {
    code: 'rate_limited',
    severity: 'warning',
    title: '{vendor} asks to send more slowly',
    why: 'Events wait; none is lost.',
    fix: 'No action needed. Sending resumes automatically. If it stays so, look whether another tool sends with the same Access Token.',
    path: '/connections',
    docs,
    checkSite: eachConnection(({ vendor }, { lastAttempts, now }) => {
      const last = lastAttempts.get(vendor)
      if (last?.outcome !== 'throttled' || last.at < now - hourMs) return undefined
      return { ...(last.message && { detail: `'${last.message}'` }) }
    }),
  },
] as const satisfies readonly Rule[]
