// Knows how events go through posthog-node: its `flush` event names what was sent, its `error` event no events.
import { PostHog } from 'posthog-node'

export function connect({ origin, say }) {
  const client = new PostHog('project-key-1', { host: origin, flushInterval: 1_000 })
  client.on('flush', (messages) => {
    for (const { properties } of messages) say(properties.id, true)
  })
  client.on('error', () => {})
  return {
    send: (id) => client.capture({ distinctId: 'person-1', event: 'Purchase', properties: { id } }),
    close: () => client.shutdown(),
  }
}
