import { randomBytes } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { HashedEvent } from '../event.js'
import type { Outbox } from '../store/outbox.js'
import { openSqlite } from '../store/sqlite/sqlite.js'
import type { Outcome, Vendor } from '../vendors/vendor.js'
import { expiryReason } from './horizon.js'
import { createWorker, type Worker } from './worker.js'

const root = new URL('../../', import.meta.url)
const hour = 3_600_000
const connection = { site: 'shop.example', vendor: 'test', fingerprint: 'first', credentials: {} }

describe('a connection', () => {
  let store: Outbox
  let worker: Worker | undefined
  let now: number
  let answer: (ids: string[]) => Outcome
  let requests: string[][]
  let chance: number

  beforeEach(async () => {
    now = 1_795_400_000_000
    requests = []
    chance = 0
    answer = () => ({ kind: 'delivered' })
    store = await openSqlite({
      file: ':memory:',
      key: randomBytes(32),
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
    batchSize: 1_000,
    credentials: () => ({}),
    map: (event) => event,
    async send(_credentials, events) {
      const ids = (events as HashedEvent[]).map(({ eventId }) => eventId)
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
      random: () => chance,
      log,
      metrics,
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
    for (const { deliveries } of await store.list({ limit: 2_000 })) {
      const { state = '', reason } = deliveries[0] ?? {}
      const key = reason ? `${state}: ${reason}` : state
      counts[key] = (counts[key] ?? 0) + 1
    }
    return counts
  }
  const eventually = (expected: Record<string, number>) =>
    vi.waitFor(async () => expect(await states()).toEqual(expected), { timeout: 5_000, interval: 20 })

  it('delivers all but one bad event of a thousand in at most 21 requests', async () => {
    await append(1_000)
    now += 2_000
    answer = (ids) => (ids.includes('617') ? { kind: 'refused', message: 'no' } : { kind: 'delivered' })
    start()
    await eventually({ delivered: 999, 'failed: no': 1 })
    expect(requests.length).toBeLessThanOrEqual(21)
  })

  it('does so in 3 requests where the vendor names the place', async () => {
    await append(1_000)
    now += 2_000
    answer = (ids) =>
      ids.includes('617')
        ? { kind: 'refused', message: 'no', culprits: [ids.indexOf('617')] }
        : { kind: 'delivered' }
    start()
    await eventually({ delivered: 999, 'failed: no': 1 })
    expect(requests.map((ids) => ids.length)).toEqual([1_000, 1, 999])
  })

  it('does so too where the vendor names the same place more than once', async () => {
    await append(1_000)
    now += 2_000
    answer = (ids) => {
      const at = ids.indexOf('617')
      return at < 0 ? { kind: 'delivered' } : { kind: 'refused', message: 'no', culprits: [at, at] }
    }
    start()
    await eventually({ delivered: 999, 'failed: no': 1 })
    expect(requests.map((ids) => ids.length)).toEqual([1_000, 1, 999])
  })

  it.each([
    ['all', (_id: string) => true, 2 * 40],
    ['every other one', (id: string) => Number(id) % 2 === 0, 2 * 40],
  ])('ends though %s of 40 are bad', async (_title, isBad, most) => {
    await append(40)
    now += 1_000
    answer = (ids) => (ids.some(isBad) ? { kind: 'refused', message: 'no' } : { kind: 'delivered' })
    start()
    await vi.waitFor(async () => expect(await states()).not.toHaveProperty('pending'))
    expect(requests.length).toBeLessThanOrEqual(most)
  })

  it('tries the way with its oldest event until it is open, then sends the rest in order', async () => {
    await append(5)
    now += 1_000
    let closed = 4
    answer = () => (closed-- > 0 ? { kind: 'not_sent', message: 'ECONNREFUSED' } : { kind: 'delivered' })
    start()
    await eventually({ delivered: 5 })
    expect(requests).toEqual([['0', '1', '2', '3', '4'], ['0'], ['0'], ['0'], ['0'], ['1', '2', '3', '4']])
  })

  it('pauses after one refusal of its credentials, and burns no attempt of any event', async () => {
    await append(3)
    now += 1_000
    answer = () => ({ kind: 'credentials_refused', code: 40105, message: 'revoked' })
    start()
    await vi.waitFor(() => expect(requests).toHaveLength(1))
    worker?.wake()
    await new Promise((resolve) => setTimeout(resolve, 50))
    expect(requests).toHaveLength(1)
    expect((await store.list({ limit: 9 })).map(({ deliveries }) => deliveries[0]?.attempts)).toEqual([
      0, 0, 0,
    ])
  })

  it.each(['not_sent', 'ambiguous'] as const)('stays paused while its probe ends as %s', async (kind) => {
    const paused = async () => (await store.pauses()).length
    await append(3)
    now += 1_000
    await store.pause(connection, 'revoked', now)
    now += 600_000
    answer = () => ({ kind, message: 'nobody there' })
    start()
    await vi.waitFor(() => expect(requests).toEqual([['0']]))
    worker?.wake()
    await new Promise((resolve) => setTimeout(resolve, 50))
    expect(requests).toHaveLength(1)
    expect(await paused()).toBe(1)
    now += 600_000
    answer = () => ({ kind: 'delivered' })
    await vi.waitFor(
      () => {
        worker?.wake()
        expect(requests).toEqual([['0'], ['0'], ['1', '2']])
      },
      { timeout: 5_000, interval: 20 },
    )
    await eventually({ delivered: 3 })
    expect(await paused()).toBe(0)
  })

  it('waits no longer because the clock is set back', async () => {
    await append(2)
    now += 1_000
    let failed = false
    answer = () => {
      if (failed) return { kind: 'delivered' }
      failed = true
      return { kind: 'not_sent', message: 'ECONNREFUSED' }
    }
    chance = 0.2
    start()
    await vi.waitFor(() => expect(requests).toHaveLength(1))
    now -= 48 * hour
    await eventually({ delivered: 2 })
  })

  it('gives an event up 47 h after the vendor may have booked it', async () => {
    await append(1)
    now += 1_000
    let first = true
    answer = () => {
      now += first ? 48 * hour : 0
      first = false
      return { kind: 'ambiguous', message: 'HTTP 502' }
    }
    start()
    await eventually({ 'failed: outcome unknown': 1 })
    expect(requests).toHaveLength(1)
    expect(await store.replay({ since: 0, until: now }, now)).toEqual({ count: 1, mayCountTwice: 1 })
    answer = () => ({ kind: 'delivered' })
    worker?.wake()
    await eventually({ delivered: 1 })
  })
})

describe('the horizon', () => {
  const at = 1_795_400_000_000
  const event = { eventTime: at / 1_000 } as HashedEvent
  it('is 47 h after the first doubt, and 28 days for what was never sent', () => {
    expect(expiryReason({ event, ambiguousAt: at }, at + 47 * hour)).toBeUndefined()
    expect(expiryReason({ event, ambiguousAt: at }, at + 47 * hour + 1)).toBe('outcome unknown')
    expect(expiryReason({ event }, at + 28 * 24 * hour)).toBeUndefined()
    expect(expiryReason({ event }, at + 28 * 24 * hour + 1)).toBe('older than 28 days')
  })
})
