import { hour, report } from '../../../../tests/support/diagnose/fixtures.js'
import { testRules } from '../../../../tests/support/diagnose/test-rules.js'
import { identity } from './identity.js'

const rareKeys = { ttclid: 1, email: 2, phone: 3, external_id: 4, ttp: 0, visitor: 100 }

testRules(identity, {
  cookie_not_kept: {
    site: [{ raises: report({ cookie_domain: '' }), passes: report({ cookie_domain: 'shop.example' }) }],
  },
  cookie_domain_wrong: {
    site: [
      {
        raises: report({ cookie_domain: '.www.shop.example' }),
        detail: 'www.shop.example',
        passes: report({ cookie_domain: '.shop.example' }),
      },
    ],
  },
  ttclid_lost_on_redirect: {
    site: [{ raises: report({ ttclid_seen: false }), passes: report({ ttclid_seen: true }) }],
  },
  private_ip_seen: {
    instance: [
      {
        raises: { owner: { address: '172.18.0.7', isPublic: false, host: 't.shop.example' } },
        detail: 'we see you as 172.18.0.7',
        passes: { owner: { address: '198.51.100.7', isPublic: true, host: 't.shop.example' } },
      },
      {
        raises: { owner: { address: '127.0.0.1', isPublic: false, host: 't.shop.example' } },
        detail: '127.0.0.1',
        passes: { owner: { address: '127.0.0.1', isPublic: false, host: 'localhost' } },
      },
      {
        raises: { owner: { address: '::1', isPublic: false, host: 't.shop.example' } },
        detail: '::1',
        passes: { owner: { address: '192.168.1.5', isPublic: false, host: '192.168.1.10' } },
      },
    ],
  },
  low_match_coverage: {
    site: [
      {
        raises: { hours: [hour({ keys: rareKeys })] },
        detail: '2 % of 100 events have e-mail',
        passes: { hours: [hour({ keys: { ...rareKeys, phone: 50 } })] },
      },
      {
        raises: { hours: [hour({ keys: { ...rareKeys, visitor: 9 } })] },
        detail: 'IP address and user agent',
        passes: { hours: [hour({ event: 'Pageview', keys: rareKeys })] },
      },
    ],
  },
})
