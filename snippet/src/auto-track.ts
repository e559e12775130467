/** Takes events that no call has made: those that pages, links, forms and tag managers tell of. */
import type { WireProperties } from '../../collector/src/wire.js'
import { track } from './event.js'
import { log } from './logger.js'
import { release } from './tagferry.js'

/** Only after all platforms of the moment were heard. */
export const releaseSoon = () => Promise.resolve().then(release).catch(log)

export const report = (name: string, properties?: WireProperties) => {
  track(name, properties)
  releaseSoon()
}
