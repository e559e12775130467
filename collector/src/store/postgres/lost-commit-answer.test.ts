/** A write whose commit was not answered is found again on the same server, and repeated on another one. */
import { type AddressInfo, connect, createServer } from 'node:net'
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest'
import { type PostgresServer, startPostgres } from '../../../../tests/support/postgres.js'
import { key, now, postgresOptions } from '../../../../tests/support/store-drivers.js'
import { createEncryption } from '../encryption.js'
import { connectPostgres, type Database } from './database.js'
import { openPostgres } from './postgres.js'
import { createRecords } from './records.js'

const change = { at: now, who: 'owner', what: 'Site saved' }

let servers: PostgresServer[]
let urls: string[]
beforeAll(async () => {
  servers = await Promise.all([startPostgres(), startPostgres()])
  urls = await Promise.all(servers.map((server) => server.database()))
  for (const url of urls) {
    const store = await openPostgres(postgresOptions(url))
    await store.close()
  }
})
afterAll(() => Promise.all(servers.map((server) => server.stop())))

interface Wire {
  database: Database
  /** Ends the connection in place of the next answer to a commit. */
  loseNext(): void
  /** How often it did. */
  lost(): number
}

/** A connection to a server. @param after the server that answers once a commit's answer was lost */
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
  const database = connectPostgres({ url: wired.href, uptime: () => performance.now() })
  onTestFinished(async () => {
    await database.end()
    wire.close()
  })
  const loseNext = () => {
    losing = true
  }
  return { database, loseNext, lost: () => lost }
}

it('a committed write is not repeated', async () => {
  const { database, loseNext, lost } = await wireTo(0)
  const records = createRecords({ database, encryption: createEncryption(key), clock: () => now })
  loseNext()
  expect(await records.write([{ kind: 'site', id: 'a', body: { n: 1 } }], change)).toBe(true)
  expect(await records.changes({ limit: 9 })).toHaveLength(1)
  expect(await records.record('site', 'a')).toMatchObject({ version: 1 })
  loseNext()
  expect(await records.write([{ kind: 'site', id: 'a', body: { n: 2 }, seen: 1 }], change)).toBe(true)
  expect(await records.record('site', 'a')).toMatchObject({ body: { n: 2 }, version: 2 })
  expect(lost()).toBe(2)
})

it('a transaction that only reads is repeated', async () => {
  const { database, loseNext, lost } = await wireTo(0)
  loseNext()
  expect(await database.transaction((query) => query('select 1 as one'))).toEqual([{ one: 1 }])
  expect(lost()).toBe(1)
})

it.each([
  ['has not come to the number of the transaction yet', 0],
  ['has given the number to another transaction', 5_000],
])('a write is repeated where a server has taken over that %s', async (_title, burned) => {
  await servers[1]?.query(`do $$ begin for i in 1..${burned} loop
    perform pg_current_xact_id(); commit; end loop; end $$`)
  if (burned === 0)
    await servers[0]?.query(
      'do $$ begin for i in 1..1000 loop perform pg_current_xact_id(); commit; end loop; end $$',
    )
  const id = `b${burned}`
  const { database, loseNext, lost } = await wireTo(0, 1)
  const records = createRecords({ database, encryption: createEncryption(key), clock: () => now })
  loseNext()
  expect(await records.write([{ kind: 'site', id, body: {} }], change)).toBe(true)
  expect(await records.record('site', id)).toMatchObject({ version: 1 })
  expect(lost()).toBe(1)
})
