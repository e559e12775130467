/** Tracks events that no call of the page made, such as page views of routers and clicks on marked elements. */
import type { WireProperties } from '../../collector/src/wire.js'
import { track } from './event.js'
import { log } from './logger.js'
import { applyConsent } from './tagferry.js'

/** Waits for the end of the current task, so that all consent platforms found in it have responded. */
export const applyConsentSoon = () => Promise.resolve().then(applyConsent).catch(log)

export const autoTrack = (name: string, properties?: WireProperties) => {
  track(name, properties)
  applyConsentSoon()
}
