/** Parses the text filter of event lists, such as `event:Purchase status:failed`, into a query. */
import { type EventState, type SkipReason, skipReasons } from '../event.js'
import type { EventQuery } from './reports.js'

export type EventFilter = Omit<EventQuery, 'limit' | 'before' | 'after' | 'site'>

export interface ParsedFilter {
  /** From the words before the first invalid one. */
  filter: EventFilter
  /** What is wrong with the first invalid word, in a sentence for the owner. */
  problem?: string
}

const maxLength = 500
const states: readonly EventState[] = ['delivered', 'pending', 'failed', 'skipped']
const examples =
  'event:Purchase, status:failed, id:Purchase.1001, reason:consent, source:server, source:both or ldu:yes'

/** @param text words `key:value`; a word without a key is the name of an event */
export function parseEventFilter(text: string): ParsedFilter {
  const filter: EventFilter = {}
  for (const word of text.slice(0, maxLength).split(/\s+/).filter(Boolean)) {
    const condition = parseWord(word)
    if (!condition) return { filter, problem: `"${word.slice(0, 60)}" is no filter. Try ${examples}.` }
    Object.assign(filter, condition)
  }
  return { filter }
}

function parseWord(word: string): EventFilter | undefined {
  if (!word.includes(':')) return { event: word }
  const [, key, value = ''] = /^(\w+):(.+)$/.exec(word) ?? []
  const lower = value.toLowerCase()
  switch (key) {
    case 'event':
      return { event: value }
    case 'id':
      return { eventId: value }
    case 'status':
      return isState(lower) ? { state: lower } : undefined
    case 'reason':
      return isReason(lower) ? { reason: lower } : undefined
    case 'source':
      if (lower === 'both') return { paired: true }
      return lower === 'browser' || lower === 'server' ? { source: lower } : undefined
    case 'ldu':
      return lower === 'yes' || lower === 'no' ? { ldu: lower === 'yes' } : undefined
    default:
      return undefined
  }
}

const isState = (text: string): text is EventState => (states as readonly string[]).includes(text)
const isReason = (text: string): text is SkipReason => (skipReasons as readonly string[]).includes(text)
