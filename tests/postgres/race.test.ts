// Knows that collectors on one database share its work: every event is delivered, and by one of them.
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { ask, freshDatabase } from '../support/postgres.js'
import { type Fleet, heard, newIds, post, startFleet } from './support.js'

let fleet: Fleet
let url: string
beforeAll(async () => {
  url = await freshDatabase()
  fleet = await startFleet(url, 2)
})
afterAll(() => fleet.end())

it('two collectors race for 5,000 events, and each event is delivered once', async () => {
  const answers = await Promise.all(
    Array.from({ length: 100 }, (_, index) => post(fleet.collectors[index % 2]?.origin ?? '', newIds(50))),
  )
  expect(answers.map(({ answer }) => answer.status)).toEqual(Array(100).fill(202))
  const ids = answers.flatMap((one) => one.ids)
  await vi.waitFor(
    async () => {
      const [row] = await ask(
        url,
        `select count(*)::int as waiting from deliveries where state <> 'delivered'`,
      )
      expect(row?.waiting).toBe(0)
    },
    { timeout: 15_000, interval: 100 },
  )
  const times = heard(fleet.tiktok)
  expect(ids).toHaveLength(5_000)
  expect(ids.filter((id) => times.get(id) !== 1)).toEqual([])
  // Addresses and agents have left with the delivery.
  expect(await ask(url, 'select event from visitors')).toEqual([])
})

it('one event that is sent to both at the same moment is stored and delivered once', async () => {
  const ids = Array.from({ length: 20 }, (_, index) => `same${index}`)
  const answers = await Promise.all(
    fleet.collectors.flatMap(({ origin }) => ids.map(async (id) => (await post(origin, [id])).answer)),
  )
  const accepted = answers.map(({ json }) => (json as { accepted: number }).accepted)
  expect(accepted.reduce((sum, one) => sum + one, 0)).toBe(20)
  await vi.waitFor(() => {
    const times = heard(fleet.tiktok)
    expect(ids.map((id) => times.get(id))).toEqual(Array(20).fill(1))
  })
})
