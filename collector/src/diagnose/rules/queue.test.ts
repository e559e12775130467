import {
  connected,
  event,
  hour,
  lastAttempt,
  pause,
  thisHour,
  queue as waiting,
} from '../../../../tests/support/diagnose/fixtures.js'
import { testRules } from '../../../../tests/support/diagnose/test-rules.js'
import { minuteMs } from '../../time.js'
import { queue } from './queue.js'

const long = 11 * minuteMs
const failed = event({
  deliveries: [{ vendor: 'tiktok', state: 'failed', dueAt: 0, attempts: 1, reason: 'bad value' }],
})

testRules(queue, {
  queue_growing: {
    site: [
      {
        raises: { ...waiting(long), ...lastAttempt('not_sent', 0) },
        detail: '12 events; last answer: Too many requests',
        passes: waiting(9 * minuteMs),
      },
      { raises: waiting(long, 1), detail: '1 event', passes: { ...waiting(long), ...pause('current') } },
      {
        raises: waiting(long),
        detail: '12 events',
        passes: { ...waiting(long), ...connected({ enabled: false }) },
      },
    ],
  },
  retries_exhausted: {
    site: [
      {
        raises: { hours: [hour({ failed: 3 })], events: [failed] },
        detail: "3 events in a day, the newest: 'bad value'",
        passes: { hours: [hour({ failed: 3, hour: thisHour - 30 })] },
      },
    ],
  },
  rate_limited: {
    site: [
      {
        raises: lastAttempt('throttled', minuteMs),
        detail: "'Too many requests'",
        passes: lastAttempt('throttled', 61 * minuteMs),
      },
    ],
  },
})
