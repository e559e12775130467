/** Whether Limited Data Use applies to an event, and why. Pure: the places and the scope are arguments. */
import type { EnrichedEvent, LduScope, RequestContext } from '../event.js'
import type { Located } from '../region/locate.js'
import type { Place } from '../region/place.js'
import { gppOptOut, uspOptOut } from './gpp.js'
import { lawInForce } from './laws.js'

export interface PrivacySettings {
  scope: LduScope
  /** The flag where no country is known. */
  unknown: boolean
}

export interface Decision {
  limitedDataUse: boolean
  /** Kept with the event, shown and counted; never sent to a vendor. */
  reason: string
}

const yes = (reason: string): Decision => ({ limitedDataUse: true, reason })
const no = (reason: string): Decision => ({ limitedDataUse: false, reason })

/** The first rule that applies decides; an opt-out always wins, and an explicit "no" of a browser is ignored. */
export function decide(
  event: Pick<EnrichedEvent, 'source' | 'privacy' | 'eventTime'>,
  context: Pick<RequestContext, 'gpc' | 'cookies'>,
  { address, located }: Located,
  { scope, unknown }: PrivacySettings,
): Decision {
  const optedOut = optOut(event.privacy, context)
  if (optedOut) return yes(optedOut)
  const explicit = event.privacy.limited_data_use
  if (explicit === true) return yes('explicit')
  // A browser may only add protection: its `false` is anybody's word.
  if (explicit === false && event.source === 'server') return no('explicit')
  if (scope === 'all') return yes('scope')
  if (scope === 'off') return no('scope')
  for (const place of [address, located]) {
    if (place?.region && inScope(place.region, scope, event.eventTime)) return yes(placeReason(place))
  }
  const place = address?.us === undefined ? located : address
  if (place.us === undefined) return { limitedDataUse: unknown, reason: 'unknown' }
  if (!place.us) return no('non-us')
  return place.region ? no(placeReason(place)) : yes('us-unknown')
}

/** The opt-out signal that was found, whichever the region. */
function optOut(
  privacy: EnrichedEvent['privacy'],
  context: Pick<RequestContext, 'gpc' | 'cookies'>,
): string | undefined {
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
