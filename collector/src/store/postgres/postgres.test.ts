/** Tests the failures that only PostgreSQL has: server failures, clocks that differ, lost answers. */
import { beforeEach, expect, it, onTestFinished } from 'vitest'
import { ask, freshDatabase } from '../../../../tests/support/postgres.js'
import { key, now, postgresOptions } from '../../../../tests/support/store-drivers.js'
import { connection, entry, hashedEvent } from '../../../../tests/support/store-samples.js'
import { storeTimes } from '../../relay/policy.js'
import { createEncryption } from '../encryption.js'
import type { Outbox } from '../outbox.js'
import { type Entry, StoreUnavailable } from '../store.js'
import { createClaims } from './claims.js'
import { createSlots } from './counts.js'
import { connectPostgres, type Database } from './database.js'
import { throwConnectionTrouble } from './errors.js'
import { openPostgres } from './postgres.js'

let url: string
beforeEach(async () => {
  url = await freshDatabase()
})

const uptime = () => performance.now()

async function open(clock = () => now): Promise<Outbox> {
  const store = await openPostgres(postgresOptions(url, { clock, uptime }))
  onTestFinished(() => store.close())
  return store
}

const rejected = (site: string): Entry => ({
  kind: 'rejected',
  reason: 'unknown_site',
  event: 'Purchase',
  site,
  at: now,
})

it('refuses a U+0000 without failing its neighbours, in an event and in a rejected one', async () => {
  const store = await open()
  const entries = [entry('1'), entry('2', { properties: { description: 'a\0b' } }), entry('a\0b'), entry('3')]
  // In a body it is an escape sequence. Bare it is a character that PostgreSQL cannot store.
  expect(await store.append([...entries, rejected('a\0b'), rejected('x')])).toEqual([
    'stored',
    'stored',
    'refused',
    'stored',
    'stored',
    'stored',
  ])
  expect((await store.rejectedSamples()).map(({ site }) => site)).toEqual(['x'])
})

it('stores the same events from two collectors in any order, each once', async () => {
  const stores = await Promise.all([open(Date.now), open(Date.now)])
  const ids = Array.from({ length: 300 }, (_, index) => `e${index}`)
  const verdicts = await Promise.all(
    Array.from({ length: 20 }, (_, round) => {
      const some = round % 2 === 0 ? ids : [...ids].reverse()
      return stores[round % 2]?.append(some.map((id) => entry(id, { receivedAt: Date.now() })))
    }),
  )
  expect(verdicts.flat().filter((verdict) => verdict === 'stored')).toHaveLength(300)
  const leases = await Promise.all(
    Array.from({ length: 10 }, (_, index) =>
      stores[index % 2]?.claim(connection, Date.now() + 1_000, 50, 60_000),
    ),
  )
  const claimed = leases.flatMap((lease) => lease?.deliveries.map(({ id }) => id) ?? [])
  expect(claimed).toHaveLength(300)
  expect(new Set(claimed).size).toBe(300)
  // A connection reports its statistics when it is closed.
  for (const store of stores) await store.close()
  const counted = 'select deadlocks from pg_stat_database where datname = current_database()'
  expect(await ask(url, counted)).toEqual([{ deadlocks: '0' }])
})

it('makes its tables once when eight collectors start at the same moment', async () => {
  await Promise.all(Array.from({ length: 8 }, () => open()))
  expect(await ask(url, 'select number from migrations where number = 1')).toHaveLength(1)
})

it('holds leases by the clock of the database, whatever the clocks of the collectors say', async () => {
  const fast = 300_000
  const [one, two] = [await open(Date.now), await open(() => Date.now() + fast)]
  const at = Date.now()
  await one.append([entry('1', { receivedAt: at })])
  expect((await two.claim(connection, at + fast + 100, 1, 60_000)).deliveries).toHaveLength(1)
  expect((await one.claim(connection, at + 59_000, 1, 60_000)).deliveries).toHaveLength(0)
  expect((await one.claim(connection, at + 61_000, 1, 60_000)).deliveries).toHaveLength(1)
  const due = await two.nextDue(connection)
  expect(Math.abs((due ?? 0) - (at + fast + 121_000))).toBeLessThan(1_000)
})

it('respects leases when the clock of a collector is set ahead, and claims due deliveries when it is set back', async () => {
  let ahead = 0
  const [one, two] = [await open(Date.now), await open(() => Date.now() + ahead)]
  await one.append([entry('1', { receivedAt: Date.now() })])
  expect((await one.claim(connection, Date.now(), 1, 60_000)).deliveries).toHaveLength(1)
  ahead = 7_200_000
  expect((await two.claim(connection, Date.now() + ahead, 1, 60_000)).deliveries).toHaveLength(0)
  await two.append([entry('2', { receivedAt: Date.now() + ahead })])
  ahead = -7_200_000
  expect((await two.claim(connection, Date.now() + ahead + 100, 1, 60_000)).deliveries).toHaveLength(1)
})

it('returns the deliveries of a claim whose answer was lost', async () => {
  const store = await open()
  await store.append([entry('1'), entry('2')])
  const database = connectPostgres({ url, uptime })
  onTestFinished(() => database.end())
  let lost = 0
  const once: Database['once'] = async (sql, values) => {
    const rows = await database.once(sql, values)
    if (lost++ === 0) throwConnectionTrouble(new Error('the connection broke'))
    return rows as never
  }
  const claims = createClaims({
    database: { ...database, once },
    encryption: createEncryption(key),
    clock: () => now,
    databaseClock: { toDatabase: (ms) => ms, fromDatabase: (ms) => ms, stop: () => {} },
    slots: createSlots(() => 0),
    storeTimes,
  })
  const later = Date.now() + 1_000_000
  const { deliveries } = await claims.claim(connection, later, 1, 60_000)
  expect(deliveries).toMatchObject([{ event: hashedEvent('1') }])
  expect((await claims.claim(connection, later, 5, 60_000)).deliveries).toMatchObject([
    { event: hashedEvent('2') },
  ])
})

it('is unavailable while the database is read-only, and recovers afterwards', async () => {
  const store = await open()
  const name = new URL(url).pathname.slice(1)
  const readOnly = (value: string) =>
    ask(
      url,
      `alter database ${name} set default_transaction_read_only = ${value};
       select pg_terminate_backend(pid) from pg_stat_activity where datname = '${name}' and application_name = 'tagferry'`,
    )
  await readOnly('on')
  const startedAt = Date.now()
  const calls = Array.from({ length: 50 }, (_, index) => store.append([entry(`e${index}`)]))
  const answers = await Promise.allSettled([...calls, store.check(), store.claim(connection, now, 1, 1)])
  for (const answer of answers) expect(answer).toMatchObject({ reason: expect.any(StoreUnavailable) })
  expect(Date.now() - startedAt).toBeLessThan(4_000)
  const end = `set transaction read write; alter database ${name} set default_transaction_read_only = off`
  await ask(
    url,
    `begin; ${end}; commit; select pg_terminate_backend(pid) from pg_stat_activity
    where datname = '${name}' and application_name = 'tagferry'`,
  )
  expect(await store.append([entry('e1')])).toEqual(['stored'])
})
