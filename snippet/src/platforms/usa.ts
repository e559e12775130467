/** Reads opt-outs of the United States: GPP, and the older US Privacy string. The collector decides what they mean. */
import { privacySignals } from '../consent.js'
import { readCookies } from '../storage.js'
import { queryCmp } from './query-cmp.js'

/** Most platforms respond at once. Without a response the collector decides by the visitor's state. */
const timeoutMs = 2e3

/** https://github.com/InteractiveAdvertisingBureau/Global-Privacy-Platform, "CMP API Specification" 1.1 */
export const readGpp = () =>
  queryCmp(
    '__gpp',
    ['addEventListener'],
    ({ pingData }) => {
      if (pingData.signalStatus !== 'ready') return
      privacySignals.gpp = `${pingData.gppString}`
      // The collector refuses an event with anything but integers here.
      privacySignals.gpp_sid = [].concat(pingData.applicableSections).filter(Number.isInteger)
      return 'none'
    },
    timeoutMs,
  )

/** https://github.com/InteractiveAdvertisingBureau/USPrivacy */
export const readUsp = () => {
  privacySignals.usp ??= readCookies('usprivacy')[0] as string
  queryCmp(
    '__uspapi',
    ['getUSPData', 1],
    ({ uspString }) => {
      privacySignals.usp = `${uspString}`
      return 'none'
    },
    timeoutMs,
  )
}
