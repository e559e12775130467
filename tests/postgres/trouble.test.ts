// Tests that no event that was answered 202 is lost while the database cuts connections or restarts.
import { afterAll, beforeAll, expect, it } from 'vitest'
import { ask, type PostgresServer, startPostgres } from '../support/postgres.js'
import { sleep, waitFor } from '../support/wait.js'
import { countReceived, type Fleet, type Ledger, newIds, post, send, startFleet } from './support.js'

let server: PostgresServer
let url: string
let fleet: Fleet
beforeAll(async () => {
  server = await startPostgres()
  url = await server.database()
  fleet = await startFleet(url, 2)
})
afterAll(async () => {
  await fleet.end()
  await server.stop()
})

const origins = () => fleet.collectors.map(({ origin }) => origin)

/** Sends events before, during and after a fault. */
async function sendDuring(fault: () => Promise<void>): Promise<Ledger> {
  const end = new AbortController()
  const sending = send(origins(), end.signal)
  await sleep(200)
  await fault()
  await sleep(500)
  end.abort()
  return sending
}

async function expectDelivered({ acknowledged, statuses }: Ledger): Promise<void> {
  expect(acknowledged.size).toBeGreaterThan(0)
  expect([...statuses.keys()].filter((status) => status !== 202 && status !== 503)).toEqual([])
  const rows = await ask<{ id: string }>(url, 'select event_id as id from events')
  const stored = new Set(rows.map(({ id }) => id))
  expect([...acknowledged].filter((id) => !stored.has(id))).toEqual([])
  const missing = () => {
    const counts = countReceived(fleet.tiktok)
    return [...acknowledged].filter((id) => !counts.has(id))
  }
  // An event whose answer was lost with a connection is sent again after its lease of 60 s.
  await expect.poll(missing, { timeout: 180_000 }).toEqual([])
}

it('no event is lost while all connections are cut every 300 ms', async () => {
  let cut = 0
  const ledger = await sendDuring(async () => {
    for (let round = 0; round < 10; round++) {
      const [row] = await server.query<{ cut: number }>(
        `select count(pg_terminate_backend(pid))::int as cut from pg_stat_activity where pid <> pg_backend_pid()
         and application_name = 'tagferry'`,
      )
      cut += row?.cut ?? 0
      await sleep(300)
    }
  })
  expect(cut).toBeGreaterThan(0)
  await expectDelivered(ledger)
  const [open] = await server.query<{ count: number }>(
    `select count(*)::int as count from pg_stat_activity where application_name = 'tagferry'`,
  )
  expect(open?.count).toBeLessThanOrEqual(16)
})

it('no event is lost while the server restarts, and events are accepted again afterwards', async () => {
  const ledger = await sendDuring(async () => {
    await server.restart()
    for (const origin of origins())
      await waitFor('202', async () => (await post(origin, newIds(1))).answer.status === 202)
  })
  await expectDelivered(ledger)
})
