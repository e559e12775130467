// Sends events with posthog-node. Its `flush` event names the sent events; its `error` event names none.
import { PostHog } from 'posthog-node'

export function connect({ origin, report }) {
  const client = new PostHog('project-key-1', { host: origin, flushInterval: 1_000 })
  client.on('flush', (messages) => {
    for (const { properties } of messages) report(properties.id, true)
  })
  client.on('error', () => {})
  return {
    send: (id) => client.capture({ distinctId: 'person-1', event: 'Purchase', properties: { id } }),
    close: () => client.shutdown(),
  }
}
