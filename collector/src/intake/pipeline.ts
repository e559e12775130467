/** Runs the stages of a request: validate, enrich, locate, decide on Limited Data Use, hash, append. */
import { clickIds as allClickIds, type ClickIdTable } from '../click-ids.js'
import type { EnrichedEvent, Event, HashedEvent, RequestContext } from '../event.js'
import type { Body } from '../http/body.js'
import {
  decideLimitedDataUse,
  type LimitedDataUseDecision,
  type PrivacySettings,
} from '../privacy/limited-data-use.js'
import type { Locate, Located } from '../region/locate.js'
import type { Sites } from '../sites/hosts.js'
import { type Store, StoreUnavailable, type Verdict } from '../store/store.js'
import type { WireAnswer } from '../wire.js'
import type { FoundClickId } from './cookies.js'
import { enrich, type SiteClaim } from './enrich.js'
import { hashEvent } from './hashed-event.js'
import type { Problem } from './problem.js'
import type { ParameterLists } from './redact-url.js'
import {
  answerOf,
  newestClickIds,
  type ProcessedEvent,
  type ReportDeps,
  reportStored,
  reportWarnings,
} from './report.js'
import { warnInto } from './request-warnings.js'
import { skippedEntry } from './skipped-entry.js'
import { isTooLarge, maxStoredBytes, shrink } from './stored-size.js'
import type { ValidateBody, ValidBody } from './validate.js'
import type { Warn } from './warning.js'

export interface IntakeDeps extends ReportDeps {
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
}

export type IntakeResult =
  | {
      kind: 'stored'
      answer: WireAnswer
      /** The click ids for the visitor's cookies, one of a kind. */
      clickIds: FoundClickId[]
    }
  | { kind: 'invalid'; problems: Problem[] }
  /** The API key belongs to another site, or the site is unknown. */
  | { kind: 'wrong_site'; isKnown: boolean }
  /** The store cannot commit now. */
  | { kind: 'unavailable' }

/** A body as readBody gives it. */
export type ParsedBody = Pick<Extract<Body, { ok: true }>, 'value' | 'hasEscapes' | 'bytes'>

/** Processes a parsed body and stores its events. Rejects only for a bug. */
export type Intake = (body: ParsedBody, context: RequestContext) => Promise<IntakeResult>

export function createIntake(deps: IntakeDeps): Intake {
  return async ({ value, hasEscapes, bytes }, context) => {
    const validated = deps.validateBody(value, hasEscapes, context.source)
    if (!validated.ok) return { kind: 'invalid', problems: validated.problems }
    const { body } = validated
    const site = deps.sites.resolve(body.site)?.domain
    if (context.source === 'server' && site !== context.keySite)
      return { kind: 'wrong_site', isKnown: site !== undefined }
    const processed = processEvents(body, context, deps)
    if (bytes > maxStoredBytes) {
      const problems = limitSizes(processed, body)
      if (problems.length > 0 && (!body.isLenient || processed.length === 0))
        return { kind: 'invalid', problems }
    }
    const verdicts = await append(processed, deps.store)
    if (!verdicts) return { kind: 'unavailable' }
    reportStored(processed, verdicts, deps)
    if (body.warnings.length > 0) reportWarnings(site, context.source, body.warnings, processed, deps)
    const answer = answerOf(processed, verdicts, body.warnings)
    return { kind: 'stored', answer, clickIds: newestClickIds(processed) }
  }
}

function processEvents(body: ValidBody, context: RequestContext, deps: IntakeDeps): ProcessedEvent[] {
  const { events, positions, warnings, indexes } = body
  return events.map((event, at) =>
    processEvent(event, body, context, deps, warnInto(warnings, positions?.[at] ?? at, indexes)),
  )
}

function processEvent(
  event: Event,
  claim: SiteClaim & Pick<ValidBody, 'testEventCode'>,
  context: RequestContext,
  deps: IntakeDeps,
  warn: Warn,
): ProcessedEvent {
  const enriched = enrich(event, claim, context, deps, warn)
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
  const hashed = hashEvent(enriched.event, decision, warn)
  if (claim.testEventCode) hashed.testEventCode = claim.testEventCode
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
  { vendors, clickIds, landingKeys }: EnrichedEvent,
  hashed: HashedEvent,
  table: ClickIdTable = allClickIds,
): ProcessedEvent {
  return {
    kind: 'accepted',
    // An id with personal data is stored as its hash.
    eventId: hashed.eventId,
    entry: { kind: 'event', event: hashed, vendors },
    clickIds: table.flatMap(({ key, parameter }) => {
      const clickId = clickIds[key]
      return parameter && clickId ? [{ key, clickId, inUrl: landingKeys.includes(key) }] : []
    }),
  }
}

/**
 * Shrinks events that are too large to be stored, and takes out those that stay too large.
 * @returns a problem for each event that is too large
 */
function limitSizes(
  processed: ProcessedEvent[],
  { isLenient, positions, warnings, indexes }: ValidBody,
): Problem[] {
  const problems: Problem[] = []
  // From the last to the first, as events are taken out.
  for (let at = processed.length - 1; at >= 0; at--) {
    const entry = processed[at]?.entry
    if (entry?.kind !== 'event' || !isTooLarge(entry.event)) continue
    const position = positions?.[at] ?? at
    const warn = warnInto(warnings, position, indexes)
    if (isLenient && shrink(entry.event, warn)) continue
    const problem = 'larger than 64 KiB when stored'
    problems.unshift({ path: `events[${position}]`, problem, rule: 'too_long' })
    if (!isLenient) continue
    warn('unusable_event', '', `the event was left out: ${problem}`)
    processed.splice(at, 1)
  }
  return problems
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
