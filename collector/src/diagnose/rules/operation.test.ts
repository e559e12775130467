import { testRules } from '../../../../tests/support/diagnose/test-rules.js'
import { operation } from './operation.js'

testRules(operation, {
  dashboard_exposed: {
    instance: [
      {
        raises: { host: '0.0.0.0' },
        detail: '0.0.0.0',
        passes: { host: '0.0.0.0', separateAdminListener: true },
      },
    ],
  },
})
