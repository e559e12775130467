/** Knows what raises each code of events and of the house. For tests. */
import type { InstanceFacts } from '../../../collector/src/diagnose/facts.js'
import { dayMs, minuteMs } from '../../../collector/src/time.js'
import { type Case, event, hour, knock, now, sample, thisHour, times } from './fixtures.js'

export const flowCases: readonly Case[] = [
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

export const instanceCases: readonly Case<InstanceFacts>[] = [
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
