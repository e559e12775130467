/** Reads IAB's TCF: https://github.com/InteractiveAdvertisingBureau/GDPR-Transparency-and-Consent-Framework */
import { settings } from '../settings.js'
import { queryCmp } from './query-cmp.js'

export const readTcf = () =>
  queryCmp('__tcfapi', ['addEventListener', 2], ({ eventStatus, gdprApplies, purpose, vendor }) => {
    // Any other status means that the visitor has not decided yet.
    if (!/loaded|complete/.test(eventStatus)) return
    // Purposes: 1 storage, 3 advertising profile, 4 personalised advertising, 7 measurement of advertising.
    return gdprApplies === false ||
      ([1, 3, 4, 7].every((id) => purpose?.consents?.[id] === true) &&
        (!settings.tcfVendor || vendor?.consents?.[settings.tcfVendor] === true))
      ? 'grant'
      : 'revoke'
  })
