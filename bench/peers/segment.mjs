// Knows how events go through @segment/analytics-node: its callback tells what became of each.
import { Analytics } from '@segment/analytics-node'

export function connect({ origin, say }) {
  const analytics = new Analytics({ writeKey: 'write-key-1', host: origin, flushInterval: 1_000 })
  return {
    send: (id) =>
      analytics.track({ userId: 'person-1', event: 'Purchase', properties: { id } }, (error) =>
        say(id, error === undefined),
      ),
    close: () => analytics.closeAndFlush(),
  }
}
