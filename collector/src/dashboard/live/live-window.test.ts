/** Tests that a client of the live window misses no event and no change, and learns of gaps. */
import { afterEach, beforeEach, expect, it } from 'vitest'
import { drivers, now } from '../../../../tests/support/store-drivers.js'
import { attempt, connection, entry } from '../../../../tests/support/store-samples.js'
import type { EventState } from '../../event.js'
import type { Outbox } from '../../store/outbox.js'
import { createLiveWindow, type Delta, type LiveWindow } from './live-window.js'

let store: Outbox
let liveWindow: LiveWindow
let queries: number
/** Number of events so far. Without other sites, an event's row has its number as id. */
let added: number

beforeEach(async () => {
  store = (await drivers.sqlite?.()) as Outbox
  queries = 0
  added = 0
  const events: Outbox['events'] = (query) => {
    queries++
    return store.events(query)
  }
  liveWindow = createLiveWindow({ events }, 'shop.example')
})
afterEach(() => store.close())

const add = (count: number, site?: string) =>
  store.append(Array.from({ length: count }, () => entry(String(++added), { ...(site && { site }) })))
const settle = async (state: EventState, limit: number) => {
  const lease = await store.claim(connection, now, limit, 60_000)
  await store.settle(
    lease,
    lease.deliveries.map(({ id }) => ({ id, state })),
    now,
    attempt,
  )
}
const ids = (delta?: Delta) => delta?.events.map(({ id }) => id)
const range = (first: number, last: number) =>
  Array.from({ length: last - first + 1 }, (_, index) => first + index)

it('returns each new event once, and each change of its state', async () => {
  await add(2)
  expect(await liveWindow.poll()).toBeUndefined()
  expect(await liveWindow.poll()).toBeUndefined()
  await add(2)
  const delta = await liveWindow.poll()
  expect(delta).toMatchObject({ newest: 4 })
  expect(delta).not.toHaveProperty('gap')
  expect(ids(delta)).toEqual([3, 4])
  await settle('delivered', 1)
  await settle('failed', 1)
  expect((await liveWindow.poll())?.events.map(({ id, deliveries }) => [id, deliveries[0]?.state])).toEqual([
    [1, 'delivered'],
    [2, 'failed'],
  ])
  expect(await liveWindow.poll()).toBeUndefined()
})

it('contains events of one site only', async () => {
  await liveWindow.poll()
  await add(1, 'other.example')
  expect(await liveWindow.poll()).toBeUndefined()
})

it('brings a new client up to date without a query', async () => {
  await add(150)
  expect(liveWindow.covers(0)).toBe(false)
  await liveWindow.poll()
  expect([liveWindow.covers(150), liveWindow.covers(151)]).toEqual([true, false])
  const before = queries
  expect(liveWindow.since(150)).toMatchObject({ missed: 0, newest: 150 })
  expect(ids(liveWindow.since(150))).toEqual(range(51, 150))
  expect(ids(liveWindow.since(20))).toEqual(range(21, 150))
  expect(liveWindow.since(20)).toMatchObject({ missed: 130 })
  expect(liveWindow.since(20)).not.toHaveProperty('gap')
  expect(liveWindow.since(0)).not.toHaveProperty('gap')
  expect(queries).toBe(before)
})

it('returns up to 200 new events without a gap, and of a burst the newest 200 with a gap', async () => {
  await liveWindow.poll()
  await add(190)
  const all = await liveWindow.poll()
  expect(ids(all)).toEqual(range(1, 190))
  expect(all).not.toHaveProperty('gap')
  await add(300)
  const burst = await liveWindow.poll()
  expect(ids(burst)).toEqual(range(291, 490))
  expect(burst).toMatchObject({ gap: true, newest: 490 })
  await add(1)
  expect(ids(await liveWindow.poll())).toEqual([491])
  // A client whose newest row is after the gap does not learn of it.
  expect(liveWindow.since(190)).toMatchObject({ gap: true, missed: 201 })
  expect(liveWindow.since(300)).not.toHaveProperty('gap')
})

it('keeps no more events than a page shows', async () => {
  await add(450)
  await liveWindow.poll()
  await add(100)
  await liveWindow.poll()
  expect(ids(liveWindow.since(0))).toEqual(range(51, 550))
  expect(liveWindow.since(0)).toMatchObject({ gap: true })
  expect(liveWindow.since(50)).not.toHaveProperty('gap')
})

it('follows a pending event behind many newer ones', async () => {
  await liveWindow.poll()
  await add(180)
  await liveWindow.poll()
  await add(180)
  await liveWindow.poll()
  await settle('delivered', 1)
  expect(ids(await liveWindow.poll())).toEqual([1])
})

it('drops events that the store has removed', async () => {
  await add(3)
  await liveWindow.poll()
  await settle('delivered', 3)
  await liveWindow.poll()
  await store.purge(now + 1, 0, 100)
  await liveWindow.poll()
  expect(ids(liveWindow.since(0))).toEqual([])
})
