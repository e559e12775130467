/** Tests the worker against a real SQLite: what reaches the vendor, and what is stored of it. */
import { randomBytes } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { HashedEvent } from '../event.js'
import type { Outbox } from '../store/outbox.js'
import { openSqlite } from '../store/sqlite/sqlite.js'
import { hourMs } from '../time.js'
import type { Outcome, Vendor } from '../vendors/vendor.js'
import { createBudget } from './budget.js'
import { storeTimes } from './policy.js'
import { createWorker, type Worker } from './worker.js'

const root = new URL('../../', import.meta.url)
const connection = { site: 'shop.example', vendor: 'test', fingerprint: 'first', credentials: {} }

describe('a connection', () => {
  let store: Outbox
  let worker: Worker | undefined
  let now: number
  let answer: (ids: string[]) => Outcome
  let requests: string[][]
  let random: number

  beforeEach(async () => {
    now = 1_795_400_000_000
    requests = []
    random = 0
    answer = () => ({ kind: 'delivered' })
    store = await openSqlite({
      file: ':memory:',
      keys: randomBytes(32),
      storeTimes,
      migrations: new URL('migrations/sqlite', root).pathname,
      worker: new URL('dist/sqlite-worker.js', root),
      clock: () => now,
    })
  })
  afterEach(async () => {
    await worker?.stop()
    await store.close()
  })

  const vendor: Vendor = {
    name: 'test',
    limits: { events: 1_000, bytes: 1_048_576 },
    maxRequestMs: 10_000,
    credentials: () => ({}),
    map: (event) => event,
    body: (events) => `[${events.join(',')}]`,
    async send(_credentials, body) {
      const ids = (JSON.parse(body) as HashedEvent[]).map(({ eventId }) => eventId)
      requests.push(ids)
      return answer(ids)
    },
    test: async () => ({ kind: 'delivered' }),
    close: async () => {},
  }
  const log = { info() {}, warn() {}, error: vi.fn() }
  const metrics = { attempted() {}, connection() {} }
  const start = () => {
    const deps = {
      store,
      clock: () => now,
      uptime: () => performance.now(),
      random: () => random,
      log,
      metrics,
      budget: createBudget(1_048_576),
    }
    worker = createWorker(connection, vendor, deps, new AbortController().signal)
  }
  const append = (count: number, from = 0) =>
    store.append(
      Array.from({ length: count }, (_, index) => ({
        kind: 'event' as const,
        vendors: ['test'],
        event: {
          site: 'shop.example',
          source: 'browser' as const,
          event: 'Lead',
          eventId: String(from + index),
          eventTime: Math.floor(now / 1_000),
          receivedAt: now + index,
          user: {},
          visitor: {},
          limitedDataUse: true,
          privacyReason: 'gpc',
        },
      })),
    )
  const states = async () => {
    const counts: Record<string, number> = {}
    for (const { deliveries } of (await store.events({ limit: 2_000 })).events) {
      const { state = '', reason } = deliveries[0] ?? {}
      const key = reason ? `${state}: ${reason}` : state
      counts[key] = (counts[key] ?? 0) + 1
    }
    return counts
  }
  /** Waits for as long as a busy machine may need. */
  const eventually = (check: () => unknown) => vi.waitFor(check, { timeout: 20_000, interval: 20 })
  const statesBecome = (expected: Record<string, number>) =>
    eventually(async () => expect(await states()).toEqual(expected))
  /** Wakes the worker, and gives it time for a request that it must not make. */
  const wakeInVain = async () => {
    worker?.wake()
    await new Promise((resolve) => setTimeout(resolve, 50))
  }

  it('delivers all but one bad event of a thousand in at most 21 requests', async () => {
    await append(1_000)
    now += 2_000
    answer = (ids) => (ids.includes('617') ? { kind: 'refused', message: 'no' } : { kind: 'delivered' })
    start()
    await statesBecome({ delivered: 999, 'failed: no': 1 })
    expect(requests.length).toBeLessThanOrEqual(21)
  })

  it('delivers the others in 3 requests where the vendor reports the position of the bad event', async () => {
    await append(1_000)
    now += 2_000
    answer = (ids) =>
      ids.includes('617')
        ? { kind: 'refused', message: 'no', invalidIndexes: [ids.indexOf('617')] }
        : { kind: 'delivered' }
    start()
    await statesBecome({ delivered: 999, 'failed: no': 1 })
    expect(requests.map((ids) => ids.length)).toEqual([1_000, 1, 999])
  })

  it('does the same where the vendor reports a position twice', async () => {
    await append(1_000)
    now += 2_000
    answer = (ids) => {
      const at = ids.indexOf('617')
      return at < 0 ? { kind: 'delivered' } : { kind: 'refused', message: 'no', invalidIndexes: [at, at] }
    }
    start()
    await statesBecome({ delivered: 999, 'failed: no': 1 })
    expect(requests.map((ids) => ids.length)).toEqual([1_000, 1, 999])
  })

  it.each([
    ['all', (_id: string) => true],
    ['every other one', (id: string) => Number(id) % 2 === 0],
  ])('settles 40 events in at most 80 requests though %s is bad', async (_title, isBad) => {
    await append(40)
    now += 1_000
    answer = (ids) => (ids.some(isBad) ? { kind: 'refused', message: 'no' } : { kind: 'delivered' })
    start()
    await eventually(async () => expect(await states()).not.toHaveProperty('pending'))
    expect(requests.length).toBeLessThanOrEqual(80)
  })

  it('retries with its oldest event alone until one is delivered, then sends the others in order', async () => {
    await append(5)
    now += 1_000
    let failures = 4
    answer = () => (failures-- > 0 ? { kind: 'not_sent', message: 'ECONNREFUSED' } : { kind: 'delivered' })
    start()
    await statesBecome({ delivered: 5 })
    expect(requests).toEqual([['0', '1', '2', '3', '4'], ['0'], ['0'], ['0'], ['0'], ['1', '2', '3', '4']])
  })

  it('pauses after one refusal of its credentials, and counts no attempt of any event', async () => {
    await append(3)
    now += 1_000
    answer = () => ({ kind: 'credentials_refused', code: 40105, message: 'revoked' })
    start()
    await eventually(() => expect(requests).toHaveLength(1))
    await wakeInVain()
    expect(requests).toHaveLength(1)
    expect(
      (await store.events({ limit: 9 })).events.map(({ deliveries }) => deliveries[0]?.attempts),
    ).toEqual([0, 0, 0])
  })

  it.each(['not_sent', 'ambiguous'] as const)('stays paused while its probe ends as %s', async (kind) => {
    const countPauses = async () => (await store.pauses()).length
    await append(3)
    now += 1_000
    await store.pause(connection, 'revoked', now)
    now += 600_000
    answer = () => ({ kind, message: 'ECONNREFUSED' })
    start()
    await eventually(() => expect(requests).toEqual([['0']]))
    await wakeInVain()
    expect(requests).toHaveLength(1)
    expect(await countPauses()).toBe(1)
    now += 600_000
    answer = () => ({ kind: 'delivered' })
    await eventually(() => {
      worker?.wake()
      expect(requests).toEqual([['0'], ['0'], ['1', '2']])
    })
    await statesBecome({ delivered: 3 })
    expect(await countPauses()).toBe(0)
  })

  it('does not wait longer when the clock is set back', async () => {
    await append(2)
    now += 1_000
    let hasFailed = false
    answer = () => {
      if (hasFailed) return { kind: 'delivered' }
      hasFailed = true
      return { kind: 'not_sent', message: 'ECONNREFUSED' }
    }
    random = 0.2
    start()
    await eventually(() => expect(requests).toHaveLength(1))
    now -= 48 * hourMs
    await statesBecome({ delivered: 2 })
  })

  it('fails an event 47 h after the vendor may have counted it', async () => {
    await append(1)
    now += 1_000
    let isFirst = true
    answer = () => {
      now += isFirst ? 48 * hourMs : 0
      isFirst = false
      return { kind: 'ambiguous', message: 'HTTP 502' }
    }
    start()
    await statesBecome({ 'failed: outcome unknown': 1 })
    expect(requests).toHaveLength(1)
    expect(await store.replay({ since: 0, until: now }, now)).toEqual({ count: 1, mayCountTwice: 1 })
    answer = () => ({ kind: 'delivered' })
    worker?.wake()
    await statesBecome({ delivered: 1 })
  })
})
