// Sends events with @rudderstack/rudder-sdk-node. Its callback reports the result of each event.
import RudderAnalytics from '@rudderstack/rudder-sdk-node'

export function connect({ origin, report }) {
  // Without an `errorHandler` the first failed flush is an unhandled rejection and ends the process.
  const client = new RudderAnalytics('write-key-1', {
    dataPlaneUrl: origin,
    flushInterval: 1_000,
    errorHandler: () => {},
  })
  let pending = 0
  return {
    send(id) {
      pending++
      client.track({ userId: 'person-1', event: 'Purchase', properties: { id } }, (error) => {
        pending--
        report(id, !error)
      })
    },
    /** One flush sends one batch. */
    async close() {
      while (pending > 0) {
        await client.flush()
        await new Promise((resolve) => setTimeout(resolve, 100))
      }
    },
  }
}
