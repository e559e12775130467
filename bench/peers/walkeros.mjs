// Sends events with walkerOS. The result of a push names the destinations that have received the event.
import { startFlow } from '@walkeros/collector'
import { destinationAPI } from '@walkeros/server-destination-api'

export async function connect({ origin, report }) {
  const { elb } = await startFlow({
    destinations: { api: { code: destinationAPI, config: { settings: { url: `${origin}/` } } } },
  })
  const pending = []
  return {
    send(id) {
      pending.push(
        elb({ name: 'order complete', data: { id } }).then(({ done }) => report(id, done?.api !== undefined)),
      )
    },
    async close() {
      await Promise.all(pending)
      await elb('walker shutdown')
    },
  }
}
