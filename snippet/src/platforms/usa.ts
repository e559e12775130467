/** Opt-outs of the United States, which the collector decides on: GPP, and the older US Privacy string. */
import { signals } from '../consent.js'
import { readCookies } from '../storage.js'
import { consult } from './query-cmp.js'

/** A platform that is there mostly answers at once; without an answer the visitor's state decides. */
const patienceMs = 2e3

/** https://github.com/InteractiveAdvertisingBureau/Global-Privacy-Platform, "CMP API Specification" 1.1 */
export const readGpp = () =>
  consult(
    '__gpp',
    ['addEventListener'],
    ({ pingData }) => {
      if (pingData.signalStatus !== 'ready') return
      signals.gpp = `${pingData.gppString}`
      // The collector refuses an event that has anything else here.
      signals.gpp_sid = [].concat(pingData.applicableSections).filter(Number.isInteger)
      return 'none'
    },
    patienceMs,
  )

/** https://github.com/InteractiveAdvertisingBureau/USPrivacy */
export const readUsp = () => {
  signals.usp ??= readCookies('usprivacy')[0] as string
  consult(
    '__uspapi',
    ['getUSPData', 1],
    ({ uspString }) => {
      signals.usp = `${uspString}`
      return 'none'
    },
    patienceMs,
  )
}
