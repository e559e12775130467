import { describe, expect, it } from 'vitest'
import type { Pause } from '../store/reports.js'
import type { Attempt } from '../store/store.js'
import type { WireProperties } from '../wire.js'
import { byGravity, computed, diagnoseHouse, diagnoseSite } from './checks.js'
import type { HouseFacts, SiteFacts } from './facts.js'
import { dayMs, minuteMs } from './issue.js'
import { connection, event, facts, hour, houseFacts, now, site, thisHour } from './made-up.js'
import { readVerifyReport, type VerifyReport } from './verify-report.js'

const report = (more: Partial<VerifyReport>): Partial<SiteFacts> => ({
  report: {
    at: now - minuteMs,
    version: '1.0.0',
    site: 'shop.example',
    origin: 'https://shop.example',
    ...more,
  },
})
const knock = (reason: 'origin_not_allowed' | 'unknown_site', name: string, at = now - minuteMs) => ({
  knocks: [{ at, reason, site: name, event: 'Purchase' }],
})
const times = <One>(number: number, one: One): One[] => Array.from({ length: number }, () => one)
const consent = event({ skipReason: 'consent', deliveries: [] })
const pause = (fingerprint: string): Partial<SiteFacts> => ({
  pauses: [
    {
      site: 'shop.example',
      vendor: 'tiktok',
      fingerprint,
      reason: 'Invalid access token',
      pausedAt: 5,
      probeAt: now,
    },
  ] satisfies Pause[],
})
const queue = (ageMs: number, pending = 12): Partial<SiteFacts> => ({
  queues: [{ site: 'shop.example', vendor: 'tiktok', pending, oldestAt: now - ageMs }],
})
const attempt = (outcome: string, ageMs: number): Partial<SiteFacts> => {
  const last: Attempt = {
    at: now - ageMs,
    durationMs: 5,
    outcome,
    ambiguous: false,
    message: 'Too many requests',
  }
  return { lastAttempts: new Map([['tiktok', last]]) }
}
const connected = (more: Partial<typeof connection>, also = {}) =>
  ({ site: site({ connections: [{ ...connection, ...more }], ...also }) }) satisfies Partial<SiteFacts>
const sample = (properties: Record<string, unknown>, url = 'https://shop.example/') => ({
  samples: [{ event: 'Purchase', page: { url }, properties: properties as WireProperties }],
})
const rare = { ttclid: 1, email: 2, phone: 3, external_id: 4, ttp: 0, visitor: 100 }

/** What raises each code, with what is told of it, and what comes close and does not. */
const cases: [code: string, raising: Partial<SiteFacts>, detail: string, quiet: Partial<SiteFacts>][] = [
  ['snippet_missing', { events: [] }, '', { events: [], ...report({}) }],
  ['snippet_in_body', report({ place: 'body' }), '', report({ place: 'head' })],
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
  ['cookie_not_kept', report({ cookie_kept: false }), '', report({ cookie_kept: true })],
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
  [
    'no_recent_activity',
    { events: [event({ receivedAt: now - dayMs - 1 })] },
    '',
    { events: [event({ receivedAt: now - dayMs + minuteMs })] },
  ],
  [
    'value_missing',
    { events: [event({ value: undefined as never })] },
    '1 of the last 1 purchase',
    { events: [event({ event: 'Lead', value: undefined as never })] },
  ],
  [
    'value_missing',
    { events: [...times(9, event()), event({ value: undefined as never })] },
    '1 of the last 10',
    { events: [...times(10, event()), event({ value: undefined as never })] },
  ],
  [
    'currency_invalid',
    { events: [event({ currency: 'DOLLARS' })] },
    'Purchase with "DOLLARS"',
    { events: [event({ currency: 'EUR' })] },
  ],
  [
    'currency_invalid',
    { events: [event({ currency: undefined as never })] },
    'with none',
    { events: [event({ currency: 'XYZ1', skipReason: 'bot' })] },
  ],
  ['content_id_missing', sample({ value: 1 }), 'such as Purchase', sample({ content_ids: ['sku-1'] })],
  [
    'event_name_deprecated',
    { hours: [hour({ event: 'CompletePayment' })] },
    'CompletePayment',
    { hours: [hour({ event: 'PlaceAnOrder' })] },
  ],
  [
    'event_name_custom',
    { events: [event({ event: 'purchase' })] },
    'purchase (did you mean Purchase?)',
    { events: [event({ event: 'CompletePayment' })] },
  ],
  [
    'event_name_custom',
    { events: [event({ event: 'QuizFinishedWell' })] },
    'QuizFinishedWell',
    { events: [event({ event: 'QuizDone', receivedAt: now - 8 * dayMs })] },
  ],
  [
    'duplicate_burst',
    { hours: [hour({ duplicates: 101 })] },
    '101 repeats and 100 new events',
    { hours: [hour({ duplicates: 100 })] },
  ],
  [
    'duplicate_burst',
    { hours: [hour({ duplicates: 20, browser: 0 })] },
    '20 repeats',
    { hours: [hour({ duplicates: 101, hour: thisHour - 25 })] },
  ],
  [
    'clock_skew',
    { events: times(5, event({ eventTime: now / 1_000 - 4_000 })) },
    '5 of the last 5 events',
    { events: times(4, event({ eventTime: now / 1_000 - 4_000 })) },
  ],
  [
    'retries_exhausted',
    {
      hours: [hour({ failed: 3 })],
      events: [
        event({
          deliveries: [{ vendor: 'tiktok', state: 'failed', dueAt: 0, attempts: 1, reason: 'bad value' }],
        }),
      ],
    },
    "3 events in a day, the newest: 'bad value'",
    { hours: [hour({ failed: 3, hour: thisHour - 30 })] },
  ],
]

const codes = (more: Partial<SiteFacts>) => diagnoseSite(facts(more)).map(({ code }) => code)

describe('a site', () => {
  it('on which nothing is wrong has no issue', () => expect(diagnoseSite(facts())).toEqual([]))

  it.each(cases)('%s is raised, and not for what comes close', (code, raising, detail, quiet) => {
    const raised = diagnoseSite(facts(raising)).find((issue) => issue.code === code)
    expect(raised).toMatchObject({ code, site: 'shop.example' })
    expect(raised?.detail ?? '').toContain(detail)
    expect(codes(quiet)).not.toContain(code)
  })

  it('tells since when, where the facts do', () => {
    expect(diagnoseSite(facts(pause('first')))).toMatchObject([{ since: 5 }])
    expect(diagnoseSite(facts(queue(dayMs)))).toMatchObject([{ since: now - dayMs }])
  })
})

const houseCases: [code: string, raising: Partial<HouseFacts>, detail: string, quiet: Partial<HouseFacts>][] =
  [
    [
      'domain_not_registered',
      knock('unknown_site', 'new.example'),
      'new.example',
      knock('unknown_site', 'shop.example'),
    ],
    [
      'domain_not_registered',
      knock('unknown_site', 'new.example'),
      '',
      knock('unknown_site', 'new.example', now - 2 * dayMs),
    ],
    [
      'private_ip_seen',
      { owner: { address: '172.18.0.7', isPublic: false, host: 't.shop.example' } },
      'we see you as 172.18.0.7',
      { owner: { address: '198.51.100.7', isPublic: true, host: 't.shop.example' } },
    ],
    [
      'private_ip_seen',
      { owner: { address: '127.0.0.1', isPublic: false, host: 't.shop.example' } },
      '127.0.0.1',
      { owner: { address: '127.0.0.1', isPublic: false, host: 'localhost' } },
    ],
    [
      'private_ip_seen',
      { owner: { address: '::1', isPublic: false, host: 't.shop.example' } },
      '::1',
      { owner: { address: '192.168.1.5', isPublic: false, host: '192.168.1.10' } },
    ],
    ['dashboard_exposed', { host: '0.0.0.0' }, '0.0.0.0', { host: '0.0.0.0', apart: true }],
  ]

describe('the house', () => {
  it('in order has no issue', () => expect(diagnoseHouse(houseFacts())).toEqual([]))

  it.each(houseCases)('%s is raised, and not for what comes close', (code, raising, detail, quiet) => {
    const raised = diagnoseHouse(houseFacts(raising)).find((issue) => issue.code === code)
    expect(raised).toMatchObject({ code })
    expect(raised).not.toHaveProperty('site')
    expect(raised?.detail ?? '').toContain(detail)
    expect(diagnoseHouse(houseFacts(quiet)).map((issue) => issue.code)).not.toContain(code)
  })
})

it('has a case for every code that is computed', () => {
  const tried = new Set([...cases, ...houseCases].map(([code]) => code))
  expect([...computed].filter((code) => !tried.has(code))).toEqual([])
})

it('puts the gravest first', () => {
  const sorted = byGravity([{ code: 'gpc_on' }, { code: 'domain_paused' }, { code: 'token_rejected' }])
  expect(sorted.map(({ code }) => code)).toEqual(['token_rejected', 'domain_paused', 'gpc_on'])
})

it('reads of a report what it knows, and nothing before there is an answer', () => {
  expect(readVerifyReport({ at: 5, report: { copies: 2, place: 'attic', more: true } })).toEqual({
    at: 5,
    copies: 2,
  })
  for (const body of [undefined, {}, { report: { copies: 2 } }, { at: 5 }, { at: 5, report: 'no' }])
    expect(readVerifyReport(body)).toBeUndefined()
})
