/** Knows what raises each code of installation, privacy, identity and connection. For tests. */

import { dayMs, minuteMs } from '../../../collector/src/time.js'
import {
  attempt,
  type Case,
  connected,
  connection,
  event,
  facts,
  hour,
  knock,
  now,
  pause,
  queue,
  report,
  sample,
  site,
  times,
} from './fixtures.js'

const consent = event({ skipReason: 'consent', deliveries: [] })
const rare = { ttclid: 1, email: 2, phone: 3, external_id: 4, ttp: 0, visitor: 100 }

export const siteCases: readonly Case[] = [
  ['snippet_missing', { events: [] }, '', { events: [], ...report({}) }],
  ['snippet_in_body', report({ tag_in: 'body' }), '', report({ tag_in: 'head' })],
  ['snippet_twice', report({ copies: 2 }), '2 copies on https://shop.example', report({ copies: 1 })],
  [
    'site_key_mismatch',
    report({ site: 'other.example' }),
    'other.example',
    report({ site: 'shop.example.net' }),
  ],
  [
    'site_key_mismatch',
    knock('origin_not_allowed', 'shop.example'),
    'Purchase',
    knock('origin_not_allowed', 'a.example'),
  ],
  [
    'site_key_mismatch',
    knock('origin_not_allowed', 'shop.example.net'),
    '',
    knock('origin_not_allowed', 'shop.example', now - 2 * dayMs),
  ],
  [
    'csp_blocks_script',
    report({ violations: 'script-src-elem https://t.example' }),
    'https://t.example',
    report({ violations: '' }),
  ],
  [
    'csp_blocks_connect',
    report({ violations: 'connect-src https://t.example' }),
    'connect-src',
    report({ violations: 'img-src x' }),
  ],
  ['cache_stale', report({ version: '0.9.0' }), '0.9.0, this is 1.0.0', report({ version: '1.0.0' })],
  [
    'http_site_no_subtle_crypto',
    report({ origin: 'http://shop.example' }),
    'http://shop.example',
    report({ origin: 'http://shop.localhost' }),
  ],
  [
    'http_site_no_subtle_crypto',
    sample({ content_ids: ['1'] }, 'http://shop.example/a?b'),
    'http://shop.example',
    sample({ content_ids: ['1'] }),
  ],
  [
    'consent_never_granted',
    { events: times(10, consent) },
    '10 events',
    { events: [...times(10, consent), event()] },
  ],
  ['gpc_on', report({ gpc: true }), '', report({ gpc: false })],
  ['ldu_on_everything', { hours: [hour({ ldu: 100 })] }, '100 events', { hours: [hour({ ldu: 99 })] }],
  [
    'ldu_on_everything',
    { hours: [hour({ ldu: 100 })], events: [event({ limitedDataUse: true, privacyReason: 'unknown' })] },
    'the newest for unknown',
    { hours: [hour({ ldu: 100 })], scope: 'all' },
  ],
  [
    'ldu_never',
    { hours: [hour({ browser: 200, ldu: 0 })] },
    '200 events',
    { hours: [hour({ browser: 200, ldu: 1 })] },
  ],
  ['cookie_not_kept', report({ cookie_domain: '' }), '', report({ cookie_domain: 'shop.example' })],
  [
    'cookie_domain_wrong',
    report({ cookie_domain: '.www.shop.example' }),
    'www.shop.example',
    report({ cookie_domain: '.shop.example' }),
  ],
  ['ttclid_lost_on_redirect', report({ ttclid_seen: false }), '', report({ ttclid_seen: true })],
  [
    'low_match_coverage',
    { hours: [hour({ keys: rare })] },
    '2 % of 100 events have e-mail',
    { hours: [hour({ keys: { ...rare, phone: 50 } })] },
  ],
  [
    'low_match_coverage',
    { hours: [hour({ keys: { ...rare, visitor: 9 } })] },
    'IP address and user agent',
    { hours: [hour({ event: 'Pageview', keys: rare })] },
  ],
  [
    'pixel_code_suspicious',
    connected({ fields: { pixelCode: 'CABCDEFGHIJ' } }),
    'CABCDEFGHIJ',
    connected({ fields: { pixelCode: 'DHRTV0567FRME7OQ5DI0' } }),
  ],
  [
    'token_rejected',
    { ...pause('first'), ...queue(0) },
    "'Invalid access token'; 12 events waiting",
    pause('an older one'),
  ],
  ['token_missing', { site: site({ connections: [] }) }, '', facts()],
  ['token_missing', connected({ complete: false }), '', facts()],
  ['vendor_disabled', connected({ enabled: false }), '', connected({ enabled: false, complete: false })],
  ['domain_paused', { site: site({ paused: true }) }, '', facts()],
  [
    'test_code_left_on',
    connected({ fields: { ...connection.fields, testEventCode: 'TEST1' } }),
    'TEST1',
    facts(),
  ],
  [
    'queue_growing',
    { ...queue(11 * minuteMs), ...attempt('not_sent', 0) },
    '12 events; last answer: Too many requests',
    queue(9 * minuteMs),
  ],
  ['queue_growing', queue(11 * minuteMs, 1), '1 event', { ...queue(11 * minuteMs), ...pause('first') }],
  [
    'queue_growing',
    queue(11 * minuteMs),
    '12 events',
    { ...queue(11 * minuteMs), ...connected({ enabled: false }) },
  ],
  [
    'rate_limited',
    attempt('throttled', minuteMs),
    "'Too many requests'",
    attempt('throttled', 61 * minuteMs),
  ],
]
