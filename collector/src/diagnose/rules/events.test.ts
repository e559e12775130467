import {
  event,
  eventWithout,
  hour,
  now,
  sample,
  thisHour,
  times,
} from '../../../../tests/support/diagnose/fixtures.js'
import { testRules } from '../../../../tests/support/diagnose/test-rules.js'
import { dayMs, minuteMs } from '../../time.js'
import { events } from './events.js'

const withoutValue = eventWithout('value')
const late = event({ eventTime: now / 1_000 - 4_000 })

testRules(events, {
  no_recent_activity: {
    site: [
      {
        raises: { events: [event({ receivedAt: now - dayMs - 1 })] },
        passes: { events: [event({ receivedAt: now - dayMs + minuteMs })] },
      },
    ],
  },
  value_missing: {
    site: [
      {
        raises: { events: [withoutValue] },
        detail: '1 of the last 1 purchase',
        passes: { events: [{ ...withoutValue, event: 'Lead' }] },
      },
      {
        raises: { events: [...times(9, event()), withoutValue] },
        detail: '1 of the last 10',
        passes: { events: [...times(10, event()), withoutValue] },
      },
    ],
  },
  currency_invalid: {
    site: [
      {
        raises: { events: [event({ currency: 'DOLLARS' })] },
        detail: 'Purchase with "DOLLARS"',
        passes: { events: [event({ currency: 'EUR' })] },
      },
      {
        raises: { events: [eventWithout('currency')] },
        detail: 'with none',
        passes: { events: [event({ currency: 'XYZ1', skipReason: 'bot' })] },
      },
    ],
  },
  content_id_missing: {
    site: [
      {
        raises: sample({ value: 1 }),
        detail: 'such as Purchase',
        passes: sample({ content_ids: ['sku-1'] }),
      },
    ],
  },
  event_name_deprecated: {
    site: [
      {
        raises: { hours: [hour({ event: 'CompletePayment' })] },
        detail: 'CompletePayment',
        passes: { hours: [hour({ event: 'PlaceAnOrder' })] },
      },
    ],
  },
  event_name_custom: {
    site: [
      {
        raises: { events: [event({ event: 'purchase' })] },
        detail: 'purchase (did you mean Purchase?)',
        passes: { events: [event({ event: 'CompletePayment' })] },
      },
      {
        raises: { events: [event({ event: 'QuizFinishedWell' })] },
        detail: 'QuizFinishedWell',
        passes: { events: [event({ event: 'QuizDone', receivedAt: now - 8 * dayMs })] },
      },
    ],
  },
  duplicate_burst: {
    site: [
      {
        raises: { hours: [hour({ duplicates: 101 })] },
        detail: '101 repeats and 100 new events',
        passes: { hours: [hour({ duplicates: 100 })] },
      },
      {
        raises: { hours: [hour({ duplicates: 20, browser: 0 })] },
        detail: '20 repeats',
        passes: { hours: [hour({ duplicates: 101, hour: thisHour - 25 })] },
      },
    ],
  },
  clock_skew: {
    site: [
      {
        raises: { events: times(5, late) },
        detail: '5 of the last 5 events',
        passes: { events: times(4, late) },
      },
    ],
  },
})
