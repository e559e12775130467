// Sends events with @segment/analytics-node. Its callback reports the result of each event.
import { Analytics } from '@segment/analytics-node'

export function connect({ origin, report }) {
  const analytics = new Analytics({ writeKey: 'write-key-1', host: origin, flushInterval: 1_000 })
  return {
    send: (id) =>
      analytics.track({ userId: 'person-1', event: 'Purchase', properties: { id } }, (error) =>
        report(id, error === undefined),
      ),
    close: () => analytics.closeAndFlush(),
  }
}
