/** Knows that whoever follows the newest events misses neither one nor a change, and is told of a hole. */
import { afterEach, beforeEach, expect, it } from 'vitest'
import { drivers, now } from '../../../../tests/support/store-drivers.js'
import { attempt, connection, entry } from '../../../../tests/support/store-samples.js'
import type { EventState } from '../../event.js'
import type { Outbox } from '../../store/outbox.js'
import { createLiveWindow, type Delta, type LiveWindow } from './live-window.js'

let store: Outbox
let newest: LiveWindow
let asked: number

beforeEach(async () => {
  store = (await drivers.sqlite?.()) as Outbox
  asked = 0
  const events: Outbox['events'] = (query) => {
    asked++
    return store.events(query)
  }
  newest = createLiveWindow({ events }, 'shop.example')
})
afterEach(() => store.close())

/** As many as told, named by their number from 1 on: their ids are the same. */
let added: number
beforeEach(() => {
  added = 0
})
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
const ids = (news?: Delta) => news?.events.map(({ id }) => id)
const from = (first: number, last: number) => Array.from({ length: last - first + 1 }, (_, at) => first + at)

it('tells each new event once, and each change of its state', async () => {
  await add(2)
  expect(await newest.look()).toBeUndefined()
  expect(await newest.look()).toBeUndefined()
  await add(2)
  const news = await newest.look()
  expect(news).toMatchObject({ newest: 4 })
  expect(news).not.toHaveProperty('gap')
  expect(ids(news)).toEqual([3, 4])
  await settle('delivered', 1)
  await settle('failed', 1)
  expect((await newest.look())?.events.map(({ id, deliveries }) => [id, deliveries[0]?.state])).toEqual([
    [1, 'delivered'],
    [2, 'failed'],
  ])
  expect(await newest.look()).toBeUndefined()
})

it('looks at one site', async () => {
  await newest.look()
  await add(1, 'other.example')
  expect(await newest.look()).toBeUndefined()
})

it('tells whoever comes from what it has seen, without asking', async () => {
  await add(150)
  expect(newest.reaches(0)).toBe(false)
  await newest.look()
  expect([newest.reaches(150), newest.reaches(151)]).toEqual([true, false])
  const before = asked
  expect(newest.since(150)).toMatchObject({ missed: 0, newest: 150 })
  expect(ids(newest.since(150))).toEqual(from(51, 150))
  expect(ids(newest.since(20))).toEqual(from(21, 150))
  expect(newest.since(20)).toMatchObject({ missed: 130 })
  expect(newest.since(20)).not.toHaveProperty('gap')
  expect(newest.since(0)).not.toHaveProperty('gap')
  expect(asked).toBe(before)
})

it('tells all of what still fits in one look, and of a rush the newest, with a word of the hole', async () => {
  await newest.look()
  await add(190)
  const all = await newest.look()
  expect(ids(all)).toEqual(from(1, 190))
  expect(all).not.toHaveProperty('gap')
  await add(300)
  const rush = await newest.look()
  expect(ids(rush)).toEqual(from(291, 490))
  expect(rush).toMatchObject({ gap: true, newest: 490 })
  await add(1)
  expect(ids(await newest.look())).toEqual([491])
  // Who has seen a row behind the hole is told of it, who has not is not.
  expect(newest.since(190)).toMatchObject({ gap: true, missed: 201 })
  expect(newest.since(300)).not.toHaveProperty('gap')
})

it('keeps no more than a page shows', async () => {
  await add(450)
  await newest.look()
  await add(100)
  await newest.look()
  expect(ids(newest.since(0))).toEqual(from(51, 550))
  expect(newest.since(0)).toMatchObject({ gap: true })
  expect(newest.since(50)).not.toHaveProperty('gap')
})

it('follows what waits behind many that are younger', async () => {
  await newest.look()
  await add(180)
  await newest.look()
  await add(180)
  await newest.look()
  await settle('delivered', 1)
  expect(ids(await newest.look())).toEqual([1])
})

it('forgets what is removed', async () => {
  await add(3)
  await newest.look()
  await settle('delivered', 3)
  await newest.look()
  await store.purge(now + 1, 0, 100)
  await newest.look()
  expect(ids(newest.since(0))).toEqual([])
})
