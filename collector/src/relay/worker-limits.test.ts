/** Knows what bounds a connection's sends: the lease that is left, what half a batch has found out, and when the owner is told. */
import { beforeEach, expect, it, onTestFinished, vi } from 'vitest'
import { drivers, now } from '../../../tests/support/store-drivers.js'
import { connection, entry } from '../../../tests/support/store-samples.js'
import type { HashedEvent } from '../event.js'
import type { Store } from '../store/store.js'
import type { Outcome, Vendor } from '../vendors/vendor.js'
import { createWorker } from './worker.js'

let store: Store
let requests: string[][]
/** How much more time has passed than really did. */
let ahead: number
let answer: () => Outcome
const log = { info() {}, warn() {}, error: vi.fn() }
beforeEach(async () => {
  store = await (drivers.sqlite as () => Promise<Store>)()
  requests = []
  ahead = 0
  log.error.mockClear()
})

const vendor: Vendor = {
  name: 'tiktok',
  batchSize: 1_000,
  credentials: () => ({}),
  map: (event) => event,
  async send(_credentials, events) {
    requests.push((events as HashedEvent[]).map(({ eventId }) => eventId))
    return answer()
  },
  test: async () => ({ kind: 'delivered' }),
  close: async () => {},
}

async function start(ids: string): Promise<void> {
  await store.append([...ids].map((id) => entry(id)))
  const uptime = () => performance.now() + ahead
  const metrics = { attempted() {}, connection() {} }
  const deps = { store, clock: () => now, uptime, random: () => 0, log, metrics }
  const worker = createWorker({ ...connection, credentials: {} }, vendor, deps, new AbortController().signal)
  onTestFinished(async () => {
    await worker.stop()
    await store.close()
  })
}

const seen = (expected: string[]) =>
  vi.waitFor(() => expect(requests.map((ids) => ids.join(''))).toEqual(expected), { timeout: 10_000 })

it('begins no send that its lease might not outlive, and gives back what it holds', async () => {
  answer = () => {
    if (requests.length > 1) return { kind: 'delivered' }
    ahead += 48_001
    return { kind: 'refused', code: 40002 }
  }
  await start('abcd')
  await seen(['abcd', 'abcd'])
})

it('leaves the rest of a parted batch where a part has found out that the connection has to wait', async () => {
  const answers: Outcome[] = [{ kind: 'refused', code: 40002 }, { kind: 'throttled' }]
  answer = () => answers.shift() ?? { kind: 'delivered' }
  await start('abcd')
  await seen(['abcd', 'ab', 'a', 'bcd'])
})

it('tells the owner after 10, 50, 70, 90 and 100 failures in a row', async () => {
  answer = () => (requests.length > 110 ? { kind: 'delivered' } : { kind: 'ambiguous' })
  await start('a')
  await vi.waitFor(() => expect(requests).toHaveLength(111), { timeout: 10_000 })
  const told = log.error.mock.calls.map(([fields]) => (fields as { failures: number }).failures)
  expect(told).toEqual([10, 50, 70, 90, 100])
})
