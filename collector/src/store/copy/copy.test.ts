/** A copy to PostgreSQL loses nothing, can be repeated, and keeps secrets and visitors readable. */
import { join } from 'node:path'
import { beforeEach, expect, it } from 'vitest'
import { ask, freshDatabase } from '../../../../tests/support/postgres.js'
import { now, postgresOptions, sqliteOptions } from '../../../../tests/support/store-drivers.js'
import { attempt, connection, entry, hashedEvent, skipped } from '../../../../tests/support/store-samples.js'
import { temporaryDir } from '../../../../tests/support/temporary.js'
import type { Sha256 } from '../../event.js'
import type { Outbox } from '../outbox.js'
import { openPostgres } from '../postgres/postgres.js'
import { openSqlite } from '../sqlite/sqlite.js'
import { copyToPostgres } from './copy.js'
import { openPages } from './sqlite-pages.js'

let file: string
let url: string
let target: Outbox

const openFile = () => openSqlite(sqliteOptions(file))
const copy = () => copyToPostgres(file, { url, uptime: () => performance.now() })

beforeEach(async () => {
  file = join(temporaryDir(), 'tagferry.db')
  url = await freshDatabase()
  target = await openPostgres(postgresOptions(url))
  return () => target.close()
})

/** 2,500 events of which one is delivered, one skipped event with consent withdrawn, one rejected event. */
async function fill(): Promise<void> {
  const store = await openFile()
  await store.append(Array.from({ length: 2_500 }, (_, index) => entry(`e${index}`)))
  const lease = await store.claim(connection, now, 1, 60_000)
  await store.settle(lease, [{ id: lease.deliveries[0]?.id ?? 0, state: 'delivered' }], now, attempt)
  await store.append([
    { ...skipped('no'), withdrawn: ['somebody'] },
    { kind: 'rejected', reason: 'unknown_site', event: 'Purchase', site: 'x', at: now },
  ])
  await store.pause(connection, '40105', now)
  await store.write([{ kind: 'connection', id: 'c', body: {}, secret: 'token-1' }], {
    at: now,
    who: 'owner',
    what: 'Connection saved',
  })
  await store.close()
}

it('copies every event with its visitor, its deliveries and its attempts', async () => {
  await fill()
  expect(await copy()).toEqual({ copied: 2_501, present: 0 })
  const { deliveries, probe } = await target.claim({ ...connection, fingerprint: 'new' }, now, 5_000, 60_000)
  expect(probe).toBe(false)
  expect(deliveries).toHaveLength(2_499)
  expect(deliveries[0]?.event).toEqual(hashedEvent('e1'))
  expect((await target.claim(connection, now, 1, 0)).probe).toBe(true)
  expect(await target.rejectedSamples()).toMatchObject([{ reason: 'unknown_site', site: 'x' }])
  const [row] = await ask(
    url,
    'select (select count(*) from attempts) as a, (select count(*) from withdrawals) as w',
  )
  expect(row).toEqual({ a: '1', w: '1' })
})

it('copies records, and adds rollups to those of the current hour', async () => {
  await fill()
  await target.append([entry('early')])
  await ask(url, `delete from events`)
  await copy()
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

it('continues a run that was stopped, beside events that have come to PostgreSQL since', async () => {
  await fill()
  await copy()
  await ask(url, 'delete from events where id > 1500; delete from deliveries where event > 700')
  expect(await target.append([entry('later')])).toEqual(['stored'])
  expect(await copy()).toEqual({ copied: 1_001, present: 1_500 })
  expect((await target.claim({ ...connection, fingerprint: 'new' }, now, 5_000, 0)).deliveries).toHaveLength(
    2_500,
  )
  // Between reading the sequence and changing it a collector may have taken an id.
  const counter = () => ask(url, 'select last_value from events_id_seq')
  const before = await counter()
  expect(await copy()).toEqual({ copied: 0, present: 2_501 })
  expect(await counter()).toEqual(before)
})

it('never reuses the id of an event that was removed from the file', async () => {
  const store = await openFile()
  const hash = 'a'.repeat(64) as Sha256
  await store.append([entry('1'), entry('2', { user: { email: hash } })])
  await store.erase(hash)
  await store.close()
  await copy()
  await target.append([entry('3')])
  expect((await target.events({ limit: 9 })).events.map(({ id }) => id)).toEqual([3, 1])
})

it('refuses to copy among other events with the same ids', async () => {
  await fill()
  await target.append([entry('of another store')])
  await expect(copy()).rejects.toThrow('holds other events already')
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
