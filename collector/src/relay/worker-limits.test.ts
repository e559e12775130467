/** Tests what ends the sending of a claimed batch early: the lease, a failed part, a stop. */
import { beforeEach, expect, it, onTestFinished, vi } from 'vitest'
import { drivers, now } from '../../../tests/support/store-drivers.js'
import { connection, entry } from '../../../tests/support/store-samples.js'
import type { HashedEvent } from '../event.js'
import type { Store } from '../store/store.js'
import type { Outcome, Vendor } from '../vendors/vendor.js'
import { createWorker, type Worker } from './worker.js'

let store: Store
let requests: string[][]
/** Milliseconds by which the test moves the monotonic clock forward. */
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

async function start(ids: string): Promise<Worker> {
  await store.append([...ids].map((id) => entry(id)))
  const uptime = () => performance.now() + ahead
  const metrics = { attempted() {}, connection() {} }
  const deps = { store, clock: () => now, uptime, random: () => 0, log, metrics }
  const worker = createWorker({ ...connection, credentials: {} }, vendor, deps, new AbortController().signal)
  onTestFinished(async () => {
    await worker.stop()
    await store.close()
  })
  return worker
}

const requestsBecome = (expected: string[]) =>
  vi.waitFor(() => expect(requests.map((ids) => ids.join(''))).toEqual(expected), { timeout: 20_000 })

it('starts no request that might outlast its lease, and releases its deliveries', async () => {
  answer = () => {
    if (requests.length > 1) return { kind: 'delivered' }
    ahead += 48_001
    return { kind: 'refused', code: 40002 }
  }
  await start('abcd')
  await requestsBecome(['abcd', 'abcd'])
})

it('releases the rest of a split batch when a part of it makes the connection wait', async () => {
  const answers: Outcome[] = [{ kind: 'refused', code: 40002 }, { kind: 'throttled' }]
  answer = () => answers.shift() ?? { kind: 'delivered' }
  await start('abcd')
  await requestsBecome(['abcd', 'ab', 'a', 'bcd'])
})

it('releases the rest of a split batch when it is stopped', async () => {
  let stopped: Promise<void> | undefined
  let worker: Worker | undefined
  answer = () => {
    stopped = worker?.stop()
    return { kind: 'refused', code: 40002 }
  }
  worker = await start('abcd')
  await requestsBecome(['abcd'])
  await stopped
  const lease = await store.claim(connection, now, 10, 1_000)
  expect(lease.deliveries.map(({ event }) => event.eventId).join('')).toBe('abcd')
})

it('logs an error after 10, 50, 70, 90 and 100 failures in a row', async () => {
  answer = () => (requests.length > 110 ? { kind: 'delivered' } : { kind: 'ambiguous' })
  await start('a')
  await vi.waitFor(() => expect(requests).toHaveLength(111), { timeout: 20_000 })
  const failures = log.error.mock.calls.map(([fields]) => (fields as { failures: number }).failures)
  expect(failures).toEqual([10, 50, 70, 90, 100])
})
