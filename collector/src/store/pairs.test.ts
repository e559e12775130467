/** Knows that an event from both sides is stored once and marked, whatever else is in its commit and whoever writes beside it. */
import { expect, it, onTestFinished } from 'vitest'
import { ask, freshDatabase } from '../../../tests/support/postgres.js'
import { drivers, key, now } from '../../../tests/support/store-drivers.js'
import { entry, skipped } from '../../../tests/support/store-samples.js'
import { createEncryption } from './encryption.js'
import type { Outbox } from './outbox.js'
import { createAppend } from './postgres/append.js'
import { createSlots } from './postgres/counts.js'
import { connectPostgres, type Database } from './postgres/pool.js'
import { openPostgres } from './postgres/postgres.js'
import { toRow } from './row.js'
import type { Entry } from './store.js'

const migrations = new URL('../../migrations/postgres', import.meta.url).pathname
const ofServer = (id: string) => entry(id, { source: 'server' })
const span = { from: 0, to: now }

async function openAt(url: string): Promise<Outbox> {
  const store = await openPostgres({ url, key, migrations, clock: () => now, uptime: () => 0 })
  onTestFinished(() => store.close())
  return store
}

/** What a store calls paired, oldest first. */
const paired = async (store: Outbox) =>
  (await store.events({ paired: true, limit: 500 })).events.map(({ eventId }) => eventId).reverse()

for (const [name, open] of Object.entries(drivers)) {
  it(`${name}: takes both sides in one request, and in two of one commit`, async () => {
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
    // A skipped one gives way to the server's, which the browser's is the pair of.
    const mixed = [skipped('5'), skipped('5'), ofServer('5'), skipped('5'), entry('5'), entry('6')]
    expect(await store.append(mixed)).toEqual([
      ...['stored', 'duplicate', 'stored', 'duplicate', 'duplicate', 'stored'],
    ])
    expect(await paired(store)).toEqual(['1', '2', '3', '4', '5'])
    expect(await store.hours(span)).toMatchObject([{ browser: 2, server: 4, duplicates: 9, skipped: 1 }])
    expect((await store.queues()).map(({ pending }) => pending)).toEqual([6])
  })
}

it('does not let an id that comes a thousand times cost a commit each time', async () => {
  const url = await freshDatabase()
  const store = await openAt(url)
  const database = connectPostgres(url)
  onTestFinished(() => database.end())
  let statements = 0
  const counting: Database = {
    ...database,
    query(sql, values) {
      statements++
      return database.query(sql, values)
    },
  }
  const same = { toDatabase: (ms: number) => ms, fromDatabase: (ms: number) => ms, stop: () => {} }
  const append = createAppend(counting, createEncryption(key), same, createSlots())
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

it('pairs what two collectors take in any order, each event once', async () => {
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
  // Closed connections have told what they counted.
  for (const store of stores) await store.close()
  const counted = 'select deadlocks from pg_stat_database where datname = current_database()'
  expect(await ask(url, counted)).toEqual([{ deadlocks: '0' }])
})
