/** Knows what becomes of a write to PostgreSQL whose commit was not heard of: the same server knows it, another one does not. */
import { type AddressInfo, connect, createServer } from 'node:net'
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest'
import { type PostgresServer, startPostgres } from '../../../../tests/support/postgres.js'
import { key, now } from '../../../../tests/support/store-drivers.js'
import { createEncryption } from '../encryption.js'
import { connectPostgres, type Database } from './pool.js'
import { openPostgres } from './postgres.js'
import { createRecords } from './records.js'

const migrations = new URL('../../../migrations/postgres', import.meta.url).pathname
const change = { at: now, who: 'owner', what: 'Site saved' }

let servers: PostgresServer[]
let urls: string[]
beforeAll(async () => {
  servers = await Promise.all([startPostgres(), startPostgres()])
  urls = await Promise.all(servers.map((server) => server.database()))
  for (const url of urls) {
    const store = await openPostgres({ url, key, migrations, clock: () => now, uptime: () => 0 })
    await store.close()
  }
})
afterAll(() => Promise.all(servers.map((server) => server.stop())))

interface Wire {
  database: Database
  /** Ends the connection in place of the next answer to a commit; gives how often it did. */
  loseNext(): void
  lost(): number
}

/** @param after the server that answers once a commit was lost */
async function wireTo(first: number, after = first): Promise<Wire> {
  const { port, hostname } = new URL(urls[first] ?? '')
  let to = Number(port)
  let [losing, lost] = [false, 0]
  const wire = createServer((near) => {
    const far = connect(to, hostname)
    for (const end of [near, far])
      end.on('error', () => {}).on('close', () => [near, far].map((it) => it.destroy()))
    near.pipe(far)
    far.on('data', (bytes) => {
      if (losing && bytes.includes('COMMIT\0')) {
        losing = false
        lost++
        to = Number(new URL(urls[after] ?? '').port)
        near.destroy()
      } else near.write(bytes)
    })
  })
  await new Promise<void>((resolve) => wire.listen(0, '127.0.0.1', resolve))
  const wired = new URL(urls[first] ?? '')
  wired.host = `127.0.0.1:${(wire.address() as AddressInfo).port}`
  const database = connectPostgres(wired.href)
  onTestFinished(async () => {
    await database.end()
    wire.close()
  })
  const loseNext = () => {
    losing = true
  }
  return { database, loseNext, lost: () => lost }
}

it('knows a write again', async () => {
  const { database, loseNext, lost } = await wireTo(0)
  const records = createRecords(database, createEncryption(key), () => now)
  loseNext()
  expect(await records.write([{ kind: 'site', id: 'a', body: { n: 1 } }], change)).toBe(true)
  expect(await records.changes({ limit: 9 })).toHaveLength(1)
  expect(await records.record('site', 'a')).toMatchObject({ version: 1 })
  loseNext()
  expect(await records.write([{ kind: 'site', id: 'a', body: { n: 2 }, seen: 1 }], change)).toBe(true)
  expect(await records.record('site', 'a')).toMatchObject({ body: { n: 2 }, version: 2 })
  expect(lost()).toBe(2)
})

it('gives what was only looked at again', async () => {
  const { database, loseNext, lost } = await wireTo(0)
  loseNext()
  expect(await database.transaction((query) => query('select 1 as one'))).toEqual([{ one: 1 }])
  expect(lost()).toBe(1)
})

it.each([
  ['has not come to its number yet', 0],
  ['has given its number to somebody else', 5_000],
])('writes again where a server has taken over that %s', async (_title, burned) => {
  await servers[1]?.query(`do $$ begin for i in 1..${burned} loop
    perform pg_current_xact_id(); commit; end loop; end $$`)
  if (burned === 0)
    await servers[0]?.query(
      'do $$ begin for i in 1..1000 loop perform pg_current_xact_id(); commit; end loop; end $$',
    )
  const id = `b${burned}`
  const { database, loseNext, lost } = await wireTo(0, 1)
  const records = createRecords(database, createEncryption(key), () => now)
  loseNext()
  expect(await records.write([{ kind: 'site', id, body: {} }], change)).toBe(true)
  expect(await records.record('site', id)).toMatchObject({ version: 1 })
  expect(lost()).toBe(1)
})
