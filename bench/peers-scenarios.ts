// Defines the faults of the comparison: receiver down, sender killed, credentials refused, one invalid event.
import type { Batch, Sink } from '../tests/chaos/sink.js'
import type { Sender } from './peers-sender.js'
import { sleep } from './processes.js'

export interface Scenario {
  name: string
  /** Events a second. */
  rate: number
  /** Events in one request to the collector; the peers build their own batches. */
  batchSize: number
  /** Runs in parallel with the sending, from its start. @param ids of the events that are sent */
  run(sink: Sink, sender: Sender, ids: string[]): Promise<void>
}

const withoutFault: Scenario = { name: 'nothing wrong', rate: 20, batchSize: 1, async run() {} }

const outage: Scenario = {
  name: 'receiver away for 15 s',
  rate: 10,
  batchSize: 1,
  async run(sink) {
    await sleep(2_000)
    await sink.down()
    await sleep(15_000)
    await sink.up()
  },
}

const killed: Scenario = {
  name: 'receiver away for 15 s, sender killed (SIGKILL) after 5 s and started again',
  rate: 10,
  batchSize: 1,
  async run(sink, sender) {
    await sleep(2_000)
    await sink.down()
    const endsAt = performance.now() + 15_000
    await sleep(5_000)
    await sender.kill()
    await sleep(1_000)
    await sender.restart()
    await sleep(endsAt - performance.now())
    await sink.up()
  },
}

const revoked = (status: number): Scenario => ({
  name: `credentials refused for 5 s (HTTP ${status}, code 40105), then renewed`,
  rate: 20,
  batchSize: 1,
  async run(sink, sender) {
    await sleep(2_000)
    sink.answer = () => ({ status, code: 40105, message: 'Access token is incorrect or has been revoked.' })
    await sleep(5_000)
    sink.answer = () => ({ code: 0 })
    await sender.renewCredentials()
  },
})

const invalidEvent = (status: number): Scenario => ({
  name: `one bad event, its batch refused (HTTP ${status}, code 40002)`,
  rate: 20,
  batchSize: 20,
  async run(sink, _sender, ids) {
    const invalidId = ids[ids.length >> 1]
    sink.answer = (batch: Batch) =>
      batch.ids.some((id) => id === invalidId)
        ? { status, code: 40002, message: 'Invalid value for the parameter currency' }
        : { code: 0 }
  },
})

/** Every tool must deliver all events in this scenario; otherwise the benchmark uses it wrongly. */
export const faultless = withoutFault
/** The control, a collector that treats HTTP 200 as success, must lose events in this scenario. */
export const controlled = revoked(200)

/** TikTok refuses with HTTP 200, the servers of the peers with a status; both are measured. Each group runs in parallel. */
export const groups: Scenario[][] = [
  [faultless, outage, killed],
  [controlled, revoked(401)],
  [invalidEvent(200), invalidEvent(400)],
]
