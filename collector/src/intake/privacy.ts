/** Whether Limited Data Use applies to an event, and why. Pure; the place comes from region.ts. */
import type { Arrival, EnrichedEvent } from '../event.js'
import type { Place } from './region.js'

export interface PrivacySettings {
  /** The flag where no country is known. */
  ldu: { unknown: boolean }
}

export interface Decision {
  limitedDataUse: boolean
  /** Kept with the event and shown; never sent to a vendor. */
  reason: string
}

/** The first rule that applies decides; an opt-out always wins. */
export function decide(
  event: Pick<EnrichedEvent, 'source' | 'privacy'>,
  arrival: Pick<Arrival, 'gpc' | 'cookies'>,
  _place: Place,
  settings: PrivacySettings,
): Decision {
  const { gpc, opt_out: optOut, limited_data_use: explicit } = event.privacy
  if (arrival.gpc || gpc) return { limitedDataUse: true, reason: 'gpc' }
  if (optOut || arrival.cookies.optOut) return { limitedDataUse: true, reason: 'opt-out' }
  if (explicit === true) return { limitedDataUse: true, reason: 'explicit' }
  // A browser may only add protection: its `false` is anybody's word.
  if (explicit === false && event.source === 'server') return { limitedDataUse: false, reason: 'explicit' }
  return { limitedDataUse: settings.ldu.unknown, reason: 'unknown' }
}
