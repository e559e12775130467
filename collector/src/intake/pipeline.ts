/** The stages of the front door in their order: from a parsed body to rows on disk, and the answer to the sender. */
import type { Event, RequestContext, Source } from '../event.js'
import type { Metrics } from '../metrics.js'
import { decide, type PrivacySettings } from '../privacy/limited-data-use.js'
import type { Locate } from '../region/locate.js'
import type { Sites } from '../sites/hosts.js'
import type { Entry, Store, Verdict } from '../store/store.js'
import { subjectKeys } from '../store/subject-keys.js'
import type { WireAnswer } from '../wire.js'
import { validClickId, validTtp } from './click-id.js'
import { type Enriched, enrich } from './enrich.js'
import { hashEvent, hashUser } from './hashed-event.js'
import { checkShape } from './limits.js'
import type { Problem } from './problem.js'
import { storableId } from './redact-properties.js'
import type { ParameterLists } from './redact-url.js'
import { type Validated, validate } from './validate.js'

export interface IntakeDeps {
  store: Pick<Store, 'append'>
  sites: Sites
  locate: Locate
  /** Where a site says nothing of its own. */
  privacy: PrivacySettings
  parameters?: ParameterLists
  newId: () => string
  metrics: Pick<Metrics, 'received' | 'skipped' | 'decided'>
  /** Called after each commit that left something to deliver. */
  stored: () => void
}

export type IntakeResult =
  | {
      status: 202
      answer: WireAnswer
      /** What the visitor's cookie should hold. */
      click?: ClickId | undefined
    }
  | { status: 400; problems: Problem[] }
  | { status: 403 }
  | { status: 503 }

interface ClickId {
  clickId: string
  /** Whether the page's own address carries it. */
  inUrl: boolean
}

export type Intake = (body: unknown, escaped: boolean, context: RequestContext) => Promise<IntakeResult>

/** @returns a function that rejects only when the store cannot commit */
export function createIntake(deps: IntakeDeps): Intake {
  return async (value, escaped, context) => {
    const valid = validateBody(value, escaped, context.source)
    if (!valid.ok) return { status: 400, problems: valid.problems }
    const { site, siteKey, events } = valid.body
    if (context.source === 'server' && deps.sites.find(site)?.domain !== context.keySite)
      return { status: 403 }
    context.siteKey = siteKey
    const taken = events.map((event) => processEvent(event, site, context, deps))
    const verdicts = await deps.store.append(taken.map(({ entry }) => entry))
    if (verdicts.includes('refused')) return { status: 503 }
    taken.forEach(({ entry }, at) => {
      if (verdicts[at] === 'stored') count(entry, deps.metrics)
    })
    if (taken.some(({ entry }, at) => entry.kind === 'event' && verdicts[at] === 'stored')) deps.stored()
    return { status: 202, answer: answerOf(taken, verdicts), click: newestClick(taken) }
  }
}

/** A body that may be taken, or all that is wrong with it. */
export function validateBody(value: unknown, escaped: boolean, source: Source): Validated {
  const entries = source === 'server' ? 1_000 : 100
  const misshapen = checkShape(value, { depth: 8, keys: 100, entries }, escaped)
  return misshapen ? { ok: false, problems: [misshapen] } : validate(value, source)
}

function count(entry: Entry, metrics: IntakeDeps['metrics']): void {
  if (entry.kind === 'rejected') metrics.skipped(entry.reason)
  else if (entry.kind === 'skipped') metrics.skipped(entry.event.reason)
  else {
    const { site, event, source, limitedDataUse, privacyReason } = entry.event
    metrics.received(site, event, source)
    metrics.decided(limitedDataUse, privacyReason)
  }
}

interface Processed {
  enriched: Enriched
  eventId: string
  entry: Entry
}

/** One event through the stages. */
function processEvent(event: Event, domain: string, context: RequestContext, deps: IntakeDeps): Processed {
  const enriched = enrich(event, domain, context, deps)
  if (enriched.skip)
    return { enriched, eventId: enriched.eventId, entry: skippedEntry(event, enriched, domain, context) }
  const { site, source, user, visitor } = enriched.event
  const { headers, fromTrustedProxy } = context
  const place = deps.locate({ source, user, ip: visitor.ip, headers, fromTrustedProxy })
  const { lduScope: scope = deps.privacy.scope, lduUnknown: unknown = deps.privacy.unknown } = site
  const decision = decide(enriched.event, context, place, { scope, unknown })
  const safe = hashEvent(enriched.event, decision)
  return {
    enriched,
    eventId: enriched.event.eventId,
    entry: { kind: 'event', event: safe, vendors: enriched.event.vendors },
  }
}

/** A skipped event of a known site is kept without personal data; what anybody can send is only counted. */
function skippedEntry(
  sent: Event,
  enriched: Enriched & { event: string },
  domain: string,
  context: RequestContext,
): Entry {
  const {
    skip: reason,
    event,
    eventId,
    eventTime,
    site,
  } = enriched as Exclude<Enriched, { skip?: undefined }>
  if (!site || reason === 'origin_not_allowed') {
    // Anybody may put anything here; only what looks like a name is kept as an example.
    const named = (text: string) => (/^[A-Za-z0-9 ._-]{1,100}$/.test(text) ? text : '')
    return { kind: 'rejected', reason, event: named(event), site: named(domain), at: context.receivedAt }
  }
  const { source, receivedAt } = context
  const skipped = {
    site: site.domain,
    source,
    event,
    eventId: storableId(eventId),
    eventTime,
    receivedAt,
    reason,
  }
  // Who has only not answered yet has taken nothing back.
  if (sent.privacy?.consent !== 'denied' || reason !== 'consent') return { kind: 'skipped', event: skipped }
  // What they sent before and has not left yet must not leave: the store compares these hashes then.
  const ids = {
    ttclid: validClickId(sent.user?.ttclid) ?? context.cookies.clickId,
    ttp: validTtp(sent.user?.ttp) ?? context.cookies.ttp,
  }
  return {
    kind: 'skipped',
    event: skipped,
    withdrawn: subjectKeys(hashUser(sent.user ?? {}, site.country, ids)),
  }
}

function answerOf(taken: readonly Processed[], verdicts: readonly Verdict[]): WireAnswer {
  const answer: WireAnswer = { accepted: 0, duplicates: 0, skipped: [], ids: [] }
  taken.forEach(({ enriched, eventId }, at) => {
    if (enriched.skip) {
      answer.skipped.push({ event_id: eventId, reason: enriched.skip })
      return
    }
    if (verdicts[at] === 'duplicate') answer.duplicates++
    else answer.accepted++
    answer.ids.push(eventId)
  })
  return answer
}

function newestClick(taken: readonly Processed[]): ClickId | undefined {
  for (let at = taken.length - 1; at >= 0; at--) {
    const enriched = taken[at]?.enriched
    if (!enriched || enriched.skip || !enriched.event.ttclid) continue
    return { clickId: enriched.event.ttclid, inUrl: enriched.event.landing }
  }
  return undefined
}
