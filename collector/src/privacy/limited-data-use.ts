/** Decides whether Limited Data Use applies to an event, and gives the reason. */
import type { EnrichedEvent, LduScope, RequestContext, VisitorCookies } from '../event.js'
import type { Located } from '../region/locate.js'
import type { Place } from '../region/place.js'
import { gppOptOut, uspOptOut } from './gpp.js'
import { lawInForce } from './laws.js'

/** What a request says about privacy beside the event. */
type PrivacySignals = Pick<RequestContext, 'gpc'> & { cookies: Pick<VisitorCookies, 'optOut'> }

export interface PrivacySettings {
  scope: LduScope
  /** Whether Limited Data Use applies where no country is known. */
  unknownCountry: boolean
}

export interface LimitedDataUseDecision {
  limitedDataUse: boolean
  /** Such as `geo:US-CA`. Stored, shown and counted, never sent to a vendor. */
  reason: string
}

const yes = (reason: string): LimitedDataUseDecision => ({ limitedDataUse: true, reason })
const no = (reason: string): LimitedDataUseDecision => ({ limitedDataUse: false, reason })

/** The first matching rule decides: opt-out, unreadable signal, explicit value, scope, region. */
export function decideLimitedDataUse(
  event: Pick<EnrichedEvent, 'source' | 'privacy' | 'eventTime' | 'unreadableSignal'>,
  context: PrivacySignals,
  { address, located }: Located,
  { scope, unknownCountry }: PrivacySettings,
): LimitedDataUseDecision {
  const optOut = optOutSignal(event.privacy, context)
  if (optOut) return yes(optOut)
  if (event.unreadableSignal) return yes('unreadable_signal')
  const explicit = event.privacy.limited_data_use
  if (explicit === true) return yes('explicit')
  // A browser may only add protection: anybody could send its `false`.
  if (explicit === false && event.source === 'server') return no('explicit')
  if (scope === 'all') return yes('scope')
  if (scope === 'off') return no('scope')
  for (const place of [address, located]) {
    if (place?.region && inScope(place.region, scope, event.eventTime)) return yes(placeReason(place))
  }
  const place = address?.us === undefined ? located : address
  if (place.us === undefined) return { limitedDataUse: unknownCountry, reason: 'unknown' }
  if (!place.us) return no('non-us')
  return place.region ? no(placeReason(place)) : yes('us-unknown')
}

/** The first opt-out signal. It counts in every region. */
function optOutSignal(privacy: EnrichedEvent['privacy'], context: PrivacySignals): string | undefined {
  if (context.gpc || privacy.gpc) return 'gpc'
  if (privacy.usp !== undefined && uspOptOut(privacy.usp)) return 'usp'
  const section = privacy.gpp === undefined ? undefined : gppOptOut(privacy.gpp)
  if (section) return `gpp:${section}`
  return privacy.opt_out || context.cookies.optOut ? 'opt-out' : undefined
}

/** @param time Unix seconds */
function inScope(region: string, scope: Exclude<LduScope, 'all' | 'off'>, time: number): boolean {
  switch (scope) {
    case 'ccpa':
      return region === 'CA'
    case 'states':
      return lawInForce(region, time)
    case 'us':
      return true
    default:
      return scope.has(region)
  }
}

const placeReason = ({ region, source }: Place) => `${source === 'address' ? 'address' : 'geo'}:US-${region}`
