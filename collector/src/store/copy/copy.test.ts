/** Knows that a copy to PostgreSQL loses nothing, can be repeated, and that what was sealed opens there. */
import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { beforeEach, expect, it } from 'vitest'
import { ask, freshDatabase } from '../../../../tests/support/postgres.js'
import { now } from '../../../../tests/support/store-drivers.js'
import { attempt, connection, entry, hashedEvent, skipped } from '../../../../tests/support/store-samples.js'
import { temporaryDir } from '../../../../tests/support/temporary.js'
import type { Sha256 } from '../../event.js'
import type { Outbox } from '../outbox.js'
import { openPostgres } from '../postgres/postgres.js'
import { openSqlite } from '../sqlite/sqlite.js'
import { migrateStore } from './copy.js'
import { openPages } from './sqlite-pages.js'

const root = new URL('../../../', import.meta.url)
const migrations = (folder: string) => new URL(`migrations/${folder}`, root).pathname
const key = randomBytes(32)
const clock = () => now

let file: string
let url: string
let target: Outbox

const openFile = () =>
  openSqlite({
    file,
    key,
    migrations: migrations('sqlite'),
    worker: new URL('dist/sqlite-worker.js', root),
    clock,
  })
const openTarget = () =>
  openPostgres({ url, key, migrations: migrations('postgres'), clock, uptime: () => 0 })

beforeEach(async () => {
  file = join(temporaryDir(), 'tagferry.db')
  url = await freshDatabase()
  target = await openTarget()
  return () => target.close()
})

/** 2,500 events, one of them delivered, one skipped with consent withdrawn, one only counted. */
async function fill(): Promise<void> {
  const store = await openFile()
  await store.append(Array.from({ length: 2_500 }, (_, index) => entry(`e${index}`)))
  const lease = await store.claim(connection, now, 1, 60_000)
  await store.settle(lease, [{ id: lease.deliveries[0]?.id ?? 0, state: 'delivered' }], now, attempt)
  await store.append([
    { ...skipped('no'), withdrawn: ['somebody'] },
    { kind: 'counted', reason: 'unknown_site', event: 'Purchase', site: 'x', at: now },
  ])
  await store.pause(connection, '40105', now)
  await store.write([{ kind: 'connection', id: 'c', body: {}, secret: 'token-1' }], {
    at: now,
    who: 'owner',
    what: 'Connection saved',
  })
  await store.close()
}

it('brings over every event with its visitor, its delivery and its history', async () => {
  await fill()
  expect(await migrateStore(file, url)).toEqual({ copied: 2_501, present: 0 })
  const { deliveries, probe } = await target.claim({ ...connection, fingerprint: 'new' }, now, 5_000, 60_000)
  expect(probe).toBe(false)
  expect(deliveries).toHaveLength(2_499)
  expect(deliveries[0]?.event).toEqual(hashedEvent('e1'))
  expect((await target.claim(connection, now, 1, 0)).probe).toBe(true)
  expect(await target.skips()).toEqual([
    { reason: 'consent', count: 1 },
    { reason: 'unknown_site', count: 1 },
  ])
  const [row] = await ask(
    url,
    'select (select count(*) from attempts) as a, (select count(*) from withdrawals) as w',
  )
  expect(row).toEqual({ a: '1', w: '1' })
})

it('brings over what the owner has set, and the counts beside those of the hour that runs', async () => {
  await fill()
  await target.append([entry('early')])
  await ask(url, `delete from events`)
  await migrateStore(file, url)
  expect(await target.record('connection', 'c')).toEqual({
    id: 'c',
    body: {},
    secret: 'token-1',
    version: 1,
    at: now,
  })
  expect(await target.changes({ limit: 9 })).toMatchObject([{ who: 'owner' }])
  expect(await target.revision()).toBe(1)
  const span = { from: 0, to: now }
  expect(await target.hours(span)).toMatchObject([{ browser: 2_501, delivered: 1, skipped: 1 }])
  expect(await target.values(span)).toMatchObject([{ currency: 'USD', count: 2_501 }])
  expect(await target.waits(span)).toEqual([{ bucket: 0, count: 1 }])
})

it('goes on where a run was stopped, beside events that have come to PostgreSQL since', async () => {
  await fill()
  await migrateStore(file, url)
  await ask(url, 'delete from events where id > 1500; delete from deliveries where event > 700')
  expect(await target.append([entry('later')])).toEqual(['stored'])
  expect(await migrateStore(file, url)).toEqual({ copied: 1_001, present: 1_500 })
  expect((await target.claim({ ...connection, fingerprint: 'new' }, now, 5_000, 0)).deliveries).toHaveLength(
    2_500,
  )
  // Between a look at the counter and its change a collector may have taken an id.
  const counter = () => ask(url, 'select last_value from events_id_seq')
  const before = await counter()
  expect(await migrateStore(file, url)).toEqual({ copied: 0, present: 2_501 })
  expect(await counter()).toEqual(before)
})

it('gives no id again in PostgreSQL that an event had which has left the file', async () => {
  const store = await openFile()
  const hash = 'a'.repeat(64) as Sha256
  await store.append([entry('1'), entry('2', { user: { email: hash } })])
  await store.erase(hash)
  await store.close()
  await migrateStore(file, url)
  await target.append([entry('3')])
  expect((await target.list({ limit: 9 })).map(({ id }) => id)).toEqual([3, 1])
})

it('does not copy among events that have the same ids', async () => {
  await fill()
  await target.append([entry('of another outbox')])
  await expect(migrateStore(file, url)).rejects.toThrow('holds other events already')
})

it('finds every table and column of SQLite in PostgreSQL', async () => {
  await (await openFile()).close()
  const pages = await openPages(file)
  const rows = await ask<{ name: string }>(
    url,
    `select table_name || '.' || column_name as name from information_schema.columns where table_schema = 'public'`,
  )
  const there = new Set(rows.map(({ name }) => name))
  const wanted = pages.tables.flatMap(({ name, columns }) => columns.map((column) => `${name}.${column}`))
  pages.close()
  expect(wanted.length).toBeGreaterThan(30)
  expect(wanted.filter((name) => !there.has(name))).toEqual([])
})
