// Knows how events go through walkerOS: the answer to a push names the destinations that are done with the event.
import { startFlow } from '@walkeros/collector'
import { destinationAPI } from '@walkeros/server-destination-api'

export async function connect({ origin, say }) {
  const { elb } = await startFlow({
    destinations: { api: { code: destinationAPI, config: { settings: { url: `${origin}/` } } } },
  })
  const open = []
  return {
    send(id) {
      open.push(
        elb({ name: 'order complete', data: { id } }).then(({ done }) => say(id, done?.api !== undefined)),
      )
    },
    async close() {
      await Promise.all(open)
      await elb('walker shutdown')
    },
  }
}
