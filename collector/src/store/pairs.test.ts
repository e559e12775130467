/** An event from browser and server is stored once and marked as paired, whatever else is committed with or beside it. */
import { expect, it, onTestFinished } from 'vitest'
import { ask, freshDatabase } from '../../../tests/support/postgres.js'
import { drivers, key, now, postgresOptions } from '../../../tests/support/store-drivers.js'
import { entry, skipped } from '../../../tests/support/store-samples.js'
import { storeTimes } from '../relay/policy.js'
import { createEncryption } from './encryption.js'
import type { Outbox } from './outbox.js'
import { createAppend } from './postgres/append.js'
import { createSlots } from './postgres/counts.js'
import { connectPostgres, type Database } from './postgres/database.js'
import { openPostgres } from './postgres/postgres.js'
import { toRow } from './row.js'
import type { Entry } from './store.js'

const ofServer = (id: string) => entry(id, { source: 'server' })
const span = { from: 0, to: now }

async function openAt(url: string): Promise<Outbox> {
  const store = await openPostgres(postgresOptions(url))
  onTestFinished(() => store.close())
  return store
}

/** Ids of the paired events, oldest first. */
const paired = async (store: Outbox) =>
  (await store.events({ paired: true, limit: 500 })).events.map(({ eventId }) => eventId).reverse()

for (const [name, open] of Object.entries(drivers)) {
  it(`${name}: pairs events of one request, and of two requests in one commit`, async () => {
    const store = await open()
    onTestFinished(() => store.close())
    expect(await store.append([entry('1'), ofServer('1'), entry('1'), ofServer('1')])).toEqual([
      'stored',
      'duplicate',
      'duplicate',
      'duplicate',
    ])
    const apart = ['2', '3', '4'].flatMap((id) => [[ofServer(id)], [entry(id)]])
    expect((await Promise.all(apart.map((request) => store.append(request)))).flat()).toEqual(
      Array(3).fill(['stored', 'duplicate']).flat(),
    )
    // The server's event replaces a skipped one, and the browser's is its pair.
    const mixed = [skipped('5'), skipped('5'), ofServer('5'), skipped('5'), entry('5'), entry('6')]
    expect(await store.append(mixed)).toEqual([
      ...['stored', 'duplicate', 'stored', 'duplicate', 'duplicate', 'stored'],
    ])
    expect(await paired(store)).toEqual(['1', '2', '3', '4', '5'])
    expect(await store.hours(span)).toMatchObject([{ browser: 2, server: 4, duplicates: 9, skipped: 1 }])
    expect((await store.queues()).map(({ pending }) => pending)).toEqual([6])
  })
}

it('stores an id that comes many times with three statements', async () => {
  const url = await freshDatabase()
  const store = await openAt(url)
  const database = connectPostgres({ url, uptime: () => 0 })
  onTestFinished(() => database.end())
  let statements = 0
  const counting: Database = {
    ...database,
    query(sql, values) {
      statements++
      return database.query(sql, values)
    },
  }
  const append = createAppend({
    database: counting,
    encryption: createEncryption(key),
    clock: () => now,
    databaseClock: { toDatabase: (ms) => ms, fromDatabase: (ms) => ms, stop: () => {} },
    slots: createSlots(() => 0),
    storeTimes,
  })
  const ten = (one: Entry) => Array<Entry>(10).fill(one)
  const entries = [...ten(skipped('1')), ...ten(entry('1')), ...ten(ofServer('1')), ...ten(entry('2'))]
  const verdicts = await append(
    entries.flatMap((one) => toRow(one) ?? []),
    [],
  )
  expect(verdicts.flatMap((verdict, at) => (verdict === 'stored' ? at : []))).toEqual([0, 10, 30])
  expect(statements).toBe(3)
  expect(await paired(store)).toEqual(['1'])
  expect(await store.hours(span)).toMatchObject([{ browser: 2, server: 0, duplicates: 37, skipped: 1 }])
})

it('pairs events that two collectors receive in any order, each event once', async () => {
  const url = await freshDatabase()
  const stores = await Promise.all([openAt(url), openAt(url)])
  const ids = Array.from({ length: 200 }, (_, index) => `e${index}`)
  const side = (round: number, some: string[]) =>
    round % 2 === 0 ? some.map((id) => entry(id)) : some.map(ofServer)
  const verdicts = await Promise.all(
    Array.from({ length: 20 }, (_, round) =>
      stores[round % 3 === 0 ? 0 : 1]?.append(side(round, round % 4 < 2 ? ids : ids.toReversed())),
    ),
  )
  const stored = verdicts.flat().filter((verdict) => verdict === 'stored')
  expect(stored).toHaveLength(200)
  expect(await paired(stores[0] as Outbox)).toHaveLength(200)
  const [hour] = await (stores[0] as Outbox).hours(span)
  expect([(hour?.browser ?? 0) + (hour?.server ?? 0), hour?.duplicates]).toEqual([200, 3_800])
  // A connection reports its statistics when it is closed.
  for (const store of stores) await store.close()
  const counted = 'select deadlocks from pg_stat_database where datname = current_database()'
  expect(await ask(url, counted)).toEqual([{ deadlocks: '0' }])
})
