// Knows that nothing is lost that was answered 202, whatever the database does meanwhile.
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { ask, type PostgresServer, startPostgres } from '../support/postgres.js'
import { type Fleet, heard, type Ledger, newIds, post, send, startFleet } from './support.js'

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

/** Sends while the trouble lasts and a moment longer. */
async function sendThrough(trouble: () => Promise<void>): Promise<Ledger> {
  const end = new AbortController()
  const sending = send(origins(), end.signal)
  await sleep(200)
  await trouble()
  await sleep(500)
  end.abort()
  return sending
}

async function expectKept({ promised, statuses }: Ledger): Promise<void> {
  expect(promised.size).toBeGreaterThan(100)
  expect([...statuses.keys()].filter((status) => status !== 202 && status !== 503)).toEqual([])
  const rows = await ask<{ id: string }>(url, 'select event_id as id from events')
  const stored = new Set(rows.map(({ id }) => id))
  expect([...promised].filter((id) => !stored.has(id))).toEqual([])
  await vi.waitFor(
    () => {
      const times = heard(fleet.tiktok)
      expect([...promised].filter((id) => !times.has(id))).toEqual([])
    },
    { timeout: 15_000, interval: 100 },
  )
}

it('all connections are cut every 300 ms for 3 s', async () => {
  const ledger = await sendThrough(async () => {
    for (let round = 0; round < 10; round++) {
      const [row] = await server.query<{ cut: number }>(
        `select count(pg_terminate_backend(pid))::int as cut from pg_stat_activity where pid <> pg_backend_pid()
         and application_name = 'tagferry'`,
      )
      expect(row?.cut).toBeGreaterThan(0)
      await sleep(300)
    }
  })
  await expectKept(ledger)
  const [open] = await server.query<{ count: number }>(
    `select count(*)::int as count from pg_stat_activity where application_name = 'tagferry'`,
  )
  expect(open?.count).toBeLessThanOrEqual(16)
})

it('the server restarts: whoever sends waits a moment or hears 503, and 5 s later all is well', async () => {
  let recoveredMs = 0
  const ledger = await sendThrough(async () => {
    await server.restart()
    const startedAt = Date.now()
    await vi.waitFor(
      async () => {
        for (const origin of origins()) expect((await post(origin, newIds(1))).answer.status).toBe(202)
      },
      { timeout: 10_000, interval: 50 },
    )
    recoveredMs = Date.now() - startedAt
  })
  expect(recoveredMs).toBeLessThan(5_000)
  expect(ledger.slowestMs).toBeLessThan(8_000)
  await expectKept(ledger)
})
