/** Collects the warnings of a request, and prepares them for the answer. */
import type { WireWarning } from '../wire.js'
import type { Problem } from './problem.js'
import { asSent, type SentIndexes } from './sent-indexes.js'
import type { Warn, Warning, WarningRule } from './warning.js'

export interface SentWarning extends Warning {
  /** Position of the event in the sent list; absent where the request itself is meant. */
  event?: number
}

/** Adds warnings of the request itself to a list. */
export function warnOfRequest(list: SentWarning[]): Warn {
  return (rule, path, warning) => {
    list.push({ rule, path, warning })
  }
}

/** Adds warnings of one event to a list. */
export function warnInto(list: SentWarning[], event: number, indexes: SentIndexes): Warn {
  return (rule, path, warning) => {
    const prefix = `events[${event}].`
    list.push({ event, rule, path: asSent(prefix + path, indexes).slice(prefix.length), warning })
  }
}

/** A part of the body that exceeded a limit and was removed. */
export function removalWarning(
  { path, problem: warning }: Omit<Problem, 'rule'>,
  rule: WarningRule,
): SentWarning {
  const [, event, inEvent = ''] = /^events\[(\d+)\]\.?(.*)$/s.exec(path) ?? []
  return event === undefined
    ? { rule, path, warning }
    : { event: Number(event), rule, path: inEvent, warning }
}

const maxListed = 50

/** The part of the answer that lists the warnings; nothing without warnings. */
export function warningsOfAnswer(list: readonly SentWarning[]): {
  warnings?: WireWarning[]
  warnings_omitted?: number
} {
  if (list.length === 0) return {}
  const warnings = list.slice(0, maxListed).map(({ rule: _, ...warning }) => warning)
  return { warnings, ...(list.length > maxListed && { warnings_omitted: list.length - maxListed }) }
}
