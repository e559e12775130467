/** The filter of the event list: `event:Purchase status:failed` read into a query, with what could not be read. */
import { type EventState, type SkipReason, skipReasons } from '../event.js'
import type { EventQuery } from '../store/reports.js'

export type Filter = Omit<EventQuery, 'limit' | 'before' | 'after' | 'site'>

export interface ReadFilter {
  filter: Filter
  problem?: string
}

const states: readonly EventState[] = ['delivered', 'pending', 'failed', 'skipped']
const examples =
  'event:Purchase, status:failed, id:Purchase.1001, reason:consent, source:server, source:both or ldu:yes'

/** @param text words `key:value`; a word without a key is an event's name or id */
export function readFilter(text: string): ReadFilter {
  const filter: Filter = {}
  for (const word of text.slice(0, 500).split(/\s+/).filter(Boolean)) {
    const [, key = '', value = ''] = /^(\w+):(.+)$/.exec(word) ?? []
    const lower = value.toLowerCase()
    const isState = states.includes(lower as EventState)
    const isReason = (skipReasons as readonly string[]).includes(lower)
    if (key === 'event') filter.event = value
    else if (key === 'id') filter.eventId = value
    else if (key === 'status' && isState) filter.state = lower as EventState
    else if (key === 'reason' && isReason) filter.reason = lower as SkipReason
    else if (key === 'source' && (lower === 'browser' || lower === 'server')) filter.source = lower
    else if (key === 'source' && lower === 'both') filter.paired = true
    else if (key === 'ldu' && (lower === 'yes' || lower === 'no')) filter.ldu = lower === 'yes'
    else if (key === '' && !word.includes(':')) filter.event = word
    else return { filter, problem: `"${word.slice(0, 60)}" is no filter. Try ${examples}.` }
  }
  return { filter }
}
