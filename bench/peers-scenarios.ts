// Knows what goes wrong while a tool sends: the receiver away, the sender killed, credentials refused, one bad event.
import type { Batch, Sink } from '../tests/chaos/sink.js'
import type { Sender } from './peers-sender.js'
import { sleep } from './processes.js'

export interface Scenario {
  name: string
  /** Events a second. */
  rate: number
  /** How many go to the collector in one request; the peers gather by themselves. */
  together: number
  /** Runs beside the sending, from its start. @param ids of the events that are sent */
  play(sink: Sink, sender: Sender, ids: string[]): Promise<void>
}

const calm: Scenario = { name: 'nothing wrong', rate: 20, together: 1, async play() {} }

const outage: Scenario = {
  name: 'receiver away for 15 s',
  rate: 10,
  together: 1,
  async play(sink) {
    await sleep(2_000)
    await sink.down()
    await sleep(15_000)
    await sink.up()
  },
}

const killed: Scenario = {
  name: 'receiver away for 15 s, sender killed (SIGKILL) after 5 s and started again',
  rate: 10,
  together: 1,
  async play(sink, sender) {
    await sleep(2_000)
    await sink.down()
    const until = performance.now() + 15_000
    await sleep(5_000)
    await sender.kill()
    await sleep(1_000)
    await sender.restart()
    await sleep(until - performance.now())
    await sink.up()
  },
}

const revoked = (status: number): Scenario => ({
  name: `credentials refused for 5 s (HTTP ${status}, code 40105), then renewed`,
  rate: 20,
  together: 1,
  async play(sink, sender) {
    await sleep(2_000)
    sink.answer = () => ({ status, code: 40105, message: 'Access token is incorrect or has been revoked.' })
    await sleep(5_000)
    sink.answer = () => ({ code: 0 })
    await sender.renew()
  },
})

const poisoned = (status: number): Scenario => ({
  name: `one bad event, its batch refused (HTTP ${status}, code 40002)`,
  rate: 20,
  together: 20,
  async play(sink, _sender, ids) {
    const bad = ids[ids.length >> 1] as string
    sink.answer = (batch: Batch) =>
      batch.ids.includes(bad)
        ? { status, code: 40002, message: 'Invalid value for the parameter currency' }
        : { code: 0 }
  },
})

/** TikTok refuses with HTTP 200, the peers' own servers with a status: both are tried. Each group runs at once. */
export const groups: Scenario[][] = [
  [calm, outage, killed],
  [revoked(200), revoked(401)],
  [poisoned(200), poisoned(400)],
]
/** Where the control, a collector that takes HTTP 200 for a yes, must lose. */
export const controlled = groups[1]?.[0] as Scenario
/** Where every tool must deliver all, or it is not used as it should be. */
export const faultless = calm
