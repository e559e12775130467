/** Reports the result of a request: to the sender in the answer, to the owner by counts. */
import type { SkipReason, Source } from '../event.js'
import type { Metrics } from '../metrics.js'
import type { Entry, Verdict } from '../store/store.js'
import type { WireAnswer } from '../wire.js'
import type { FoundClickId } from './cookies.js'
import type { Findings } from './findings.js'
import { type SentWarning, warningsOfAnswer } from './request-warnings.js'

/** An event after all stages but the last. */
export type ProcessedEvent =
  | { kind: 'accepted'; eventId: string; entry: Entry; clickIds: FoundClickId[] }
  | { kind: 'skipped'; eventId: string; entry: Entry; reason: SkipReason }

export interface ReportDeps {
  metrics: Pick<Metrics, 'received' | 'skipped' | 'decided'>
  findings: Pick<Findings, 'warned'>
  /** Called after each commit with new deliveries. */
  stored: () => void
}

/** Counts what was stored, and announces new deliveries. */
export function reportStored(
  processed: readonly ProcessedEvent[],
  verdicts: readonly Verdict[],
  { metrics, stored }: ReportDeps,
): void {
  const entries = processed.map(({ entry }) => entry).filter((_, at) => verdicts[at] === 'stored')
  for (const entry of entries) count(entry, metrics)
  if (entries.some(({ kind }) => kind === 'event')) stored()
}

function count(entry: Entry, metrics: ReportDeps['metrics']): void {
  switch (entry.kind) {
    case 'rejected':
      metrics.skipped(entry.reason)
      break
    case 'skipped':
      metrics.skipped(entry.event.reason)
      break
    case 'event': {
      const { site, event, source, limitedDataUse, privacyReason } = entry.event
      metrics.received(site, event, source)
      metrics.decided(limitedDataUse, privacyReason)
      break
    }
    default:
      entry satisfies never
  }
}

/** Reports the warnings event by event. Requests that strangers may have sent are not reported. */
export function reportWarnings(
  site: string | undefined,
  source: Source,
  warnings: readonly SentWarning[],
  processed: readonly ProcessedEvent[],
  { findings }: Pick<ReportDeps, 'findings'>,
): void {
  if (site === undefined || processed.every(({ entry }) => entry.kind === 'rejected')) return
  const byEvent = new Map<number | undefined, SentWarning[]>()
  for (const warning of warnings) {
    const ofEvent = byEvent.get(warning.event)
    if (ofEvent) ofEvent.push(warning)
    else byEvent.set(warning.event, [warning])
  }
  const route = source === 'browser' ? '/e' : '/v1/events'
  for (const ofEvent of byEvent.values()) findings.warned(site, route, ofEvent)
}

export function answerOf(
  processed: readonly ProcessedEvent[],
  verdicts: readonly Verdict[],
  warnings: readonly SentWarning[],
): WireAnswer {
  const answer: WireAnswer = { accepted: 0, duplicates: 0, skipped: [], ids: [] }
  processed.forEach((event, at) => {
    if (event.kind === 'skipped') {
      answer.skipped.push({ event_id: event.eventId, reason: event.reason })
      return
    }
    if (verdicts[at] === 'duplicate') answer.duplicates++
    else answer.accepted++
    answer.ids.push(event.eventId)
  })
  return warnings.length === 0 ? answer : { ...answer, ...warningsOfAnswer(warnings) }
}

/** The last click id of each kind. */
export function newestClickIds(processed: readonly ProcessedEvent[]): FoundClickId[] {
  const found = processed.flatMap((event) => (event.kind === 'accepted' ? event.clickIds : []))
  return [...new Map(found.map((clickId) => [clickId.key, clickId])).values()]
}
