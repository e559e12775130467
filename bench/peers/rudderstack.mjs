// Knows how events go through @rudderstack/rudder-sdk-node: its callback tells what became of each.
import RudderAnalytics from '@rudderstack/rudder-sdk-node'

export function connect({ origin, say }) {
  // Without an `errorHandler` the first failed flush is an unhandled rejection and ends the process.
  const client = new RudderAnalytics('write-key-1', {
    dataPlaneUrl: origin,
    flushInterval: 1_000,
    errorHandler: () => {},
  })
  let open = 0
  return {
    send(id) {
      open++
      client.track({ userId: 'person-1', event: 'Purchase', properties: { id } }, (error) => {
        open--
        say(id, !error)
      })
    },
    /** One flush sends one batch. */
    async close() {
      while (open > 0) {
        await client.flush()
        await new Promise((resolve) => setTimeout(resolve, 100))
      }
    },
  }
}
