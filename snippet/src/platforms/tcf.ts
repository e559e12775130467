/** IAB's Transparency and Consent Framework: https://github.com/InteractiveAdvertisingBureau/GDPR-Transparency-and-Consent-Framework */
import { settings } from '../settings.js'
import { consult } from './query-cmp.js'

export const readTcf = () =>
  consult('__tcfapi', ['addEventListener', 2], ({ eventStatus, gdprApplies, purpose, vendor }) => {
    // Others come while the visitor is still being asked.
    if (!/loaded|complete/.test(eventStatus)) return
    // Storage; an advertising profile; personalised advertising; measuring it.
    return gdprApplies === false ||
      ([1, 3, 4, 7].every((id) => purpose?.consents?.[id] === true) &&
        (!settings.tcfVendor || vendor?.consents?.[settings.tcfVendor] === true))
      ? 'grant'
      : 'revoke'
  })
