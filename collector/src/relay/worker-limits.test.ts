/** Tests what limits a request: bytes, the last failure, the lease, a failed part, a stop, the memory of all workers. */
import { beforeEach, expect, it, onTestFinished, vi } from 'vitest'
import { drivers, now } from '../../../tests/support/store-drivers.js'
import { connection, entry } from '../../../tests/support/store-samples.js'
import type { HashedEvent } from '../event.js'
import type { Outbox } from '../store/outbox.js'
import type { Entry, Store } from '../store/store.js'
import type { Outcome, Vendor } from '../vendors/vendor.js'
import { type Budget, createBudget } from './budget.js'
import { createWorker, type Worker } from './worker.js'

let store: Store
let requests: string[][]
/** Milliseconds by which the test moves the monotonic clock forward. */
let ahead: number
let answer: (ids: string[], body: string) => Outcome | Promise<Outcome>
let map: Vendor['map']
/** Bytes of each body. */
let sizes: number[]
let budget: Budget
const log = { info() {}, warn() {}, error: vi.fn() }
beforeEach(async () => {
  store = await (drivers.sqlite as () => Promise<Store>)()
  requests = []
  sizes = []
  ahead = 0
  map = (event) => event
  budget = createBudget(1_048_576)
  log.error.mockClear()
})

const vendor: Vendor = {
  name: 'tiktok',
  limits: { events: 1_000, bytes: 1_048_576 },
  maxRequestMs: 10_000,
  credentials: () => ({}),
  map: (event) => map(event),
  body: (events) => `[${events.join(',')}]`,
  async send(_credentials, body) {
    const ids = (JSON.parse(body) as HashedEvent[]).map(({ eventId }) => eventId)
    requests.push(ids)
    sizes.push(Buffer.byteLength(body))
    return answer(ids, body)
  },
  test: async () => ({ kind: 'delivered' }),
  close: async () => {},
}

const start = (ids: string) => startWith([...ids].map((id) => entry(id)))

async function startWith(entries: Entry[]): Promise<Worker> {
  await store.append(entries)
  const uptime = () => performance.now() + ahead
  const metrics = { attempted() {}, connection() {} }
  const deps = {
    store,
    clock: () => now,
    uptime,
    random: () => 0,
    log,
    metrics,
    budget,
  }
  const worker = createWorker({ ...connection, credentials: {} }, vendor, deps, new AbortController().signal)
  onTestFinished(async () => {
    await worker.stop()
    await store.close()
  })
  return worker
}

const requestsBecome = (expected: string[]) =>
  vi.waitFor(() => expect(requests.map((ids) => ids.join(''))).toEqual(expected), { timeout: 20_000 })

/** An event of about this many bytes. */
const large = (id: string, bytes: number) => entry(id, { properties: { description: 'x'.repeat(bytes) } })
const statesOf = async () =>
  Object.fromEntries(
    (await (store as Outbox).events({ limit: 100 })).events.map(({ eventId, deliveries }) => {
      const { state, reason } = deliveries[0] ?? {}
      return [eventId, reason ? `${state}: ${reason}` : state]
    }),
  )

it('sends at most 1 MiB in a request, and a larger event alone', async () => {
  answer = () => ({ kind: 'delivered' })
  await startWith([
    large('a', 500_000),
    large('b', 500_000),
    large('c', 600_000),
    large('d', 1_500_000),
    entry('e'),
  ])
  await requestsBecome(['ab', 'c', 'd', 'e'])
  expect(sizes.filter((bytes) => bytes > 1_048_576)).toHaveLength(1)
})

it('halves its requests while they time out, and delivers all', async () => {
  const passes = (ids: string[]) => ids.length <= 2
  answer = (ids) => (passes(ids) ? { kind: 'delivered' } : { kind: 'ambiguous', isUnanswered: true })
  await start('abcdefgh')
  await vi.waitFor(() => expect(requests.filter(passes).flat().sort().join('')).toBe('abcdefgh'), {
    timeout: 20_000,
  })
  expect(requests[0]).toHaveLength(8)
  for (const [index, ids] of requests.entries()) {
    const previous = requests[index - 1] ?? []
    if (index > 0 && !passes(previous)) expect(ids.length).toBeLessThanOrEqual(previous.length / 2)
  }
})

it('fails only the events that cannot be mapped or written as JSON, and logs no data of them', async () => {
  answer = () => ({ kind: 'delivered' })
  map = (event) => {
    if (event.eventId === 'b') return { value: 1n }
    if (event.eventId === 'c') throw new Error(JSON.stringify(event))
    return event
  }
  await start('abcd')
  await requestsBecome(['ad'])
  const failed = 'failed: cannot be put into a request'
  await vi.waitFor(async () =>
    expect(await statesOf()).toEqual({ a: 'delivered', b: failed, c: failed, d: 'delivered' }),
  )
  expect(log.error.mock.calls).toEqual([
    [{ site: 'shop.example', vendor: 'tiktok', events: [2, 3] }, 'events cannot be put into a request'],
  ])
})

it('fails only the event with which the vendor cannot make a body', async () => {
  answer = () => ({ kind: 'delivered' })
  const { body } = vendor
  vendor.body = (events, ...rest) => {
    if (events.some((event) => event.includes('"c"'))) throw new RangeError('Invalid string length')
    return body(events, ...rest)
  }
  onTestFinished(() => {
    vendor.body = body
  })
  await start('abcd')
  await requestsBecome(['ab', 'd'])
  await vi.waitFor(async () => expect((await statesOf()).c).toBe('failed: cannot be put into a request'))
})

it('sends the events of each test code in requests of their own', async () => {
  const codes: (string | undefined)[] = []
  const { body } = vendor
  vendor.body = (events, credentials, testEventCode) => {
    if (events.length > 0) codes.push(testEventCode)
    return body(events, credentials)
  }
  onTestFinished(() => {
    vendor.body = body
  })
  answer = () => ({ kind: 'delivered' })
  const test = { testEventCode: 'TEST12345' }
  await startWith([entry('a'), entry('b', test), entry('c'), entry('d', test)])
  await requestsBecome(['ac', 'bd'])
  expect(codes).toEqual([undefined, 'TEST12345'])
})

it('claims nothing before there is memory for it, and gives it back', async () => {
  answer = () => ({ kind: 'delivered' })
  const others = await budget.reserve(1_048_576)
  const worker = await start('ab')
  await new Promise((resolve) => setTimeout(resolve, 50))
  expect(requests).toEqual([])
  expect((await store.claim(connection, now, 1, 0)).deliveries).toHaveLength(1)
  others.release()
  await requestsBecome(['ab'])
  await worker.stop()
  const all = await Promise.race([budget.reserve(1_048_576), Promise.resolve('none')])
  expect(all).not.toBe('none')
})

it('holds no more memory than that of its batch while it sends', async () => {
  let hasSent = false
  answer = async () => {
    // Waits for ever if the worker holds more.
    const others = await budget.reserve(1_000_000)
    hasSent = true
    others.release()
    return { kind: 'delivered' }
  }
  await start('ab')
  await vi.waitFor(() => expect(hasSent).toBe(true), { timeout: 20_000 })
})

it('starts no request that might outlast its lease, and releases its deliveries', async () => {
  answer = () => {
    if (requests.length > 1) return { kind: 'delivered' }
    ahead += 45_001
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
