import {
  connected,
  connection as current,
  pause,
  queue,
  site,
} from '../../../../tests/support/diagnose/fixtures.js'
import { testRules } from '../../../../tests/support/diagnose/test-rules.js'
import { connection } from './connection.js'

const healthy = {}

testRules(connection, {
  pixel_code_suspicious: {
    site: [
      {
        raises: connected({ fields: { pixelCode: 'CABCDEFGHIJ' } }),
        detail: 'CABCDEFGHIJ',
        passes: connected({ fields: { pixelCode: 'DHRTV0567FRME7OQ5DI0' } }),
      },
    ],
  },
  token_rejected: {
    site: [
      {
        raises: { ...pause('current'), ...queue(0) },
        detail: "'Invalid access token'; 12 events waiting",
        passes: pause('replaced'),
      },
    ],
  },
  token_missing: {
    site: [
      { raises: { site: site({ connections: [] }) }, passes: healthy },
      { raises: connected({ complete: false }), passes: healthy },
    ],
  },
  vendor_disabled: {
    site: [{ raises: connected({ enabled: false }), passes: connected({ enabled: false, complete: false }) }],
  },
  domain_paused: {
    site: [{ raises: { site: site({ paused: true }) }, passes: healthy }],
  },
  test_code_left_on: {
    site: [
      {
        raises: connected({ fields: { ...current.fields, testEventCode: 'TEST1' } }),
        detail: 'TEST1',
        passes: healthy,
      },
    ],
  },
})
