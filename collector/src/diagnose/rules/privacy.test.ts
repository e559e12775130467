import { event, hour, report, times } from '../../../../tests/support/diagnose/fixtures.js'
import { testRules } from '../../../../tests/support/diagnose/test-rules.js'
import { privacy } from './privacy.js'

const withoutConsent = event({ skipReason: 'consent', deliveries: [] })
const allWithLdu = { hours: [hour({ ldu: 100 })] }

testRules(privacy, {
  consent_never_granted: {
    site: [
      {
        raises: { events: times(10, withoutConsent) },
        detail: '10 events',
        passes: { events: [...times(10, withoutConsent), event()] },
      },
    ],
  },
  gpc_on: {
    site: [{ raises: report({ gpc: true }), passes: report({ gpc: false }) }],
  },
  ldu_on_everything: {
    site: [
      { raises: allWithLdu, detail: '100 events', passes: { hours: [hour({ ldu: 99 })] } },
      {
        raises: { ...allWithLdu, events: [event({ limitedDataUse: true, privacyReason: 'unknown' })] },
        detail: 'the newest for unknown',
        passes: { ...allWithLdu, lduScope: 'all' },
      },
    ],
  },
  ldu_never: {
    site: [
      {
        raises: { hours: [hour({ browser: 200, ldu: 0 })] },
        detail: '200 events',
        passes: { hours: [hour({ browser: 200, ldu: 1 })] },
      },
    ],
  },
})
