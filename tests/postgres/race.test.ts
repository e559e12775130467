// Tests that collectors on one database share the work: every event is delivered by exactly one of them.
import { afterAll, beforeAll, expect, it } from 'vitest'
import { ask, freshDatabase } from '../support/postgres.js'
import { waitFor } from '../support/wait.js'
import { countReceived, type Fleet, newIds, post, startFleet } from './support.js'

let fleet: Fleet
let url: string
beforeAll(async () => {
  url = await freshDatabase()
  fleet = await startFleet(url, 2)
})
afterAll(() => fleet.end())

it('two collectors deliver each of 5,000 events once', async () => {
  const answers = await Promise.all(
    Array.from({ length: 100 }, (_, index) => post(fleet.collectors[index % 2]?.origin ?? '', newIds(50))),
  )
  expect(answers.map(({ answer }) => answer.status)).toEqual(Array(100).fill(202))
  const ids = answers.flatMap((answer) => answer.ids)
  const undelivered = "select count(*)::int as n from deliveries where state <> 'delivered'"
  await waitFor('all deliveries', async () => (await ask<{ n: number }>(url, undelivered))[0]?.n === 0)
  const counts = countReceived(fleet.tiktok)
  expect(ids).toHaveLength(5_000)
  expect(ids.filter((id) => counts.get(id) !== 1)).toEqual([])
  // IP addresses and user agents are deleted on delivery.
  expect(await ask(url, 'select event from visitors')).toEqual([])
})

it('an event that both receive at the same time is stored and delivered once', async () => {
  const ids = Array.from({ length: 20 }, (_, index) => `same${index}`)
  const answers = await Promise.all(
    fleet.collectors.flatMap(({ origin }) => ids.map(async (id) => (await post(origin, [id])).answer)),
  )
  const accepted = answers.map(({ json }) => (json as { accepted: number }).accepted)
  expect(accepted.reduce((sum, count) => sum + count, 0)).toBe(20)
  const counts = () => ids.map((id) => countReceived(fleet.tiktok).get(id))
  await expect.poll(counts).toEqual(Array(20).fill(1))
})
