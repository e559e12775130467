/** Runs the stages of a request: validate, enrich, locate, decide on Limited Data Use, hash, append. */
import { clickIds as allClickIds, type ClickIdTable } from '../click-ids.js'
import type { EnrichedEvent, Event, HashedEvent, RequestContext, SkipReason } from '../event.js'
import type { Metrics } from '../metrics.js'
import {
  decideLimitedDataUse,
  type LimitedDataUseDecision,
  type PrivacySettings,
} from '../privacy/limited-data-use.js'
import type { Locate, Located } from '../region/locate.js'
import type { Sites } from '../sites/hosts.js'
import { type Entry, type Store, StoreUnavailable, type Verdict } from '../store/store.js'
import type { WireAnswer } from '../wire.js'
import type { FoundClickId } from './cookies.js'
import { enrich, type SiteClaim } from './enrich.js'
import { hashEvent } from './hashed-event.js'
import type { Problem } from './problem.js'
import type { ParameterLists } from './redact-url.js'
import { skippedEntry } from './skipped-entry.js'
import type { ValidateBody } from './validate.js'

export interface IntakeDeps {
  store: Pick<Store, 'append'>
  sites: Sites
  validateBody: ValidateBody
  /** Click ids that are read; those of the vendors by default. */
  clickIds?: ClickIdTable
  locate: Locate
  /** For sites without settings of their own. */
  privacy: PrivacySettings
  parameters?: ParameterLists
  newId: () => string
  metrics: Pick<Metrics, 'received' | 'skipped' | 'decided'>
  /** Called after each commit with new deliveries. */
  stored: () => void
}

export type IntakeResult =
  | {
      kind: 'stored'
      answer: WireAnswer
      /** The click ids for the visitor's cookies, one of a kind. */
      clickIds: FoundClickId[]
    }
  | { kind: 'invalid'; problems: Problem[] }
  /** The API key belongs to another site. */
  | { kind: 'wrong_site' }
  /** The store cannot commit now. */
  | { kind: 'unavailable' }

/**
 * Processes a parsed body and stores its events. Rejects only for a bug.
 * @param hasEscapes as readBody gives it
 */
export type Intake = (body: unknown, hasEscapes: boolean, context: RequestContext) => Promise<IntakeResult>

export function createIntake(deps: IntakeDeps): Intake {
  return async (value, hasEscapes, context) => {
    const validated = deps.validateBody(value, hasEscapes, context.source)
    if (!validated.ok) return { kind: 'invalid', problems: validated.problems }
    const { body: claim } = validated
    if (!isSiteOfKey(claim, context, deps.sites)) return { kind: 'wrong_site' }
    const processed = claim.events.map((event) => processEvent(event, claim, context, deps))
    const verdicts = await append(processed, deps.store)
    if (!verdicts) return { kind: 'unavailable' }
    reportStored(processed, verdicts, deps)
    return { kind: 'stored', answer: answerOf(processed, verdicts), clickIds: newestClickIds(processed) }
  }
}

/** A server may send only for the site of its API key. */
function isSiteOfKey({ site }: SiteClaim, context: RequestContext, sites: Sites): boolean {
  return context.source !== 'server' || sites.find(site)?.domain === context.keySite
}

/** An event after all stages but the last. */
type ProcessedEvent =
  | { kind: 'accepted'; eventId: string; entry: Entry; clickIds: FoundClickId[] }
  | { kind: 'skipped'; eventId: string; entry: Entry; reason: SkipReason }

function processEvent(
  event: Event,
  claim: SiteClaim,
  context: RequestContext,
  deps: IntakeDeps,
): ProcessedEvent {
  const enriched = enrich(event, claim, context, deps)
  if (enriched.kind === 'skipped') {
    const { eventId, reason } = enriched
    return {
      kind: 'skipped',
      eventId,
      reason,
      entry: skippedEntry(event, enriched, claim, context, deps.clickIds),
    }
  }
  const located = locate(enriched.event, context, deps)
  const decision = decide(enriched.event, context, located, deps)
  const hashed = hashEvent(enriched.event, decision)
  return accepted(enriched.event, hashed, deps.clickIds)
}

function locate(
  { source, user, visitor }: EnrichedEvent,
  { headers, fromTrustedProxy }: RequestContext,
  deps: IntakeDeps,
): Located {
  return deps.locate({ source, user, ip: visitor.ip, headers, fromTrustedProxy })
}

function decide(
  event: EnrichedEvent,
  context: RequestContext,
  located: Located,
  { privacy }: IntakeDeps,
): LimitedDataUseDecision {
  const { lduScope: scope = privacy.scope, lduUnknown: unknownCountry = privacy.unknownCountry } = event.site
  return decideLimitedDataUse(event, context, located, { scope, unknownCountry })
}

function accepted(
  { eventId, vendors, clickIds, landingKeys }: EnrichedEvent,
  hashed: HashedEvent,
  table: ClickIdTable = allClickIds,
): ProcessedEvent {
  return {
    kind: 'accepted',
    eventId,
    entry: { kind: 'event', event: hashed, vendors },
    clickIds: table.flatMap(({ key, parameter }) => {
      const clickId = clickIds[key]
      return parameter && clickId ? [{ key, clickId, inUrl: landingKeys.includes(key) }] : []
    }),
  }
}

/** @returns nothing where the store cannot commit */
async function append(
  processed: readonly ProcessedEvent[],
  store: IntakeDeps['store'],
): Promise<Verdict[] | undefined> {
  try {
    const verdicts = await store.append(processed.map(({ entry }) => entry))
    return verdicts.includes('refused') ? undefined : verdicts
  } catch (error) {
    if (error instanceof StoreUnavailable) return undefined
    throw error
  }
}

/** Counts what was stored, and announces new deliveries. */
function reportStored(
  processed: readonly ProcessedEvent[],
  verdicts: readonly Verdict[],
  { metrics, stored }: IntakeDeps,
): void {
  const entries = processed.map(({ entry }) => entry).filter((_, at) => verdicts[at] === 'stored')
  for (const entry of entries) count(entry, metrics)
  if (entries.some(({ kind }) => kind === 'event')) stored()
}

function count(entry: Entry, metrics: IntakeDeps['metrics']): void {
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

function answerOf(processed: readonly ProcessedEvent[], verdicts: readonly Verdict[]): WireAnswer {
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
  return answer
}

function newestClickIds(processed: readonly ProcessedEvent[]): FoundClickId[] {
  const found = processed.flatMap((event) => (event.kind === 'accepted' ? event.clickIds : []))
  return [...new Map(found.map((clickId) => [clickId.key, clickId])).values()]
}
