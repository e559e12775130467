/** A clock that is set back delays no delivery: the process's with SQLite, the database's with PostgreSQL. */
import { expect, it, onTestFinished } from 'vitest'
import { ask, freshDatabase } from '../../../../tests/support/postgres.js'
import { drivers, now, postgresOptions } from '../../../../tests/support/store-drivers.js'
import { connection, entry } from '../../../../tests/support/store-samples.js'
import { hourMs } from '../../time.js'
import type { Outbox } from '../outbox.js'
import { openPostgres } from './postgres.js'

it('SQLite hands out leased deliveries, and probes', async () => {
  const store = await (drivers.sqlite as () => Promise<Outbox>)()
  onTestFinished(() => store.close())
  const claim = (at: number, limit = 10) => store.claim(connection, at, limit, 60_000)
  await store.append([entry('1'), entry('2')])
  await claim(now, 1)
  const back = now - 48 * hourMs
  expect((await claim(back)).deliveries).toHaveLength(2)
  await store.pause(connection, '40105', now)
  expect(await claim(back + 60_000)).toMatchObject({ probe: true, deliveries: [{}] })
  expect(await claim(back + 120_000)).toMatchObject({ probe: true, deliveries: [] })
})

it('PostgreSQL does the same, but not for a collector whose own clock is behind', async () => {
  const url = new URL(await freshDatabase())
  await ask(
    url.href,
    `create schema own; create table own.clock as select interval '0' as ahead;
     create function own.clock_timestamp() returns timestamptz language sql as
       'select pg_catalog.clock_timestamp() + ahead from own.clock'`,
  )
  url.searchParams.set('options', '-c search_path=own,pg_catalog')
  const open = async (ahead: string) => {
    await ask(url.href, `update own.clock set ahead = '${ahead}'`)
    const uptime = () => performance.now()
    const store = await openPostgres(postgresOptions(url.href, { clock: Date.now, uptime }))
    onTestFinished(() => store.close())
    const claim = (at: number, limit = 10) => store.claim(connection, at, limit, 60_000)
    return { store, claim }
  }
  const slept = 600_000

  const before = await open('0')
  const receivedAt = Date.now() - slept
  await before.store.append([entry('1', { receivedAt }), entry('2', { receivedAt })])
  await before.claim(Date.now())
  expect((await before.claim(Date.now() - slept)).deliveries).toEqual([])
  const after = await open('-48 hours')
  expect((await after.claim(Date.now())).deliveries).toHaveLength(2)
  await after.store.pause(connection, '40105', Date.now())
  expect((await after.claim(Date.now() - slept)).deliveries).toEqual([])
  const later = await open('-96 hours')
  expect(await later.claim(Date.now())).toMatchObject({ probe: true, deliveries: [{}] })
  expect(await later.claim(Date.now())).toMatchObject({ probe: true, deliveries: [] })
})
