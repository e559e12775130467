// Tests the start on a database: several collectors on an empty one, and none on an unsafe or unreachable one.
import { expect, it as sequentialIt } from 'vitest'
import { startCollector } from '../support/collector.js'
import { ask, freshDatabase } from '../support/postgres.js'
import { settings } from './support.js'

// At the same time, because they mostly wait.
const it = sequentialIt.concurrent

const start = (url: string) => startCollector({ env: settings(url) })

/** The output of a collector that does not start. */
const refusal = (url: string) =>
  start(url).then(
    async (collector) => {
      await collector.stop()
      throw new Error('it started')
    },
    (error: Error) => error.message,
  )

it('three collectors start at the same time on an empty database', async () => {
  const url = await freshDatabase()
  const collectors = await Promise.all([url, url, url].map(start))
  for (const { origin } of collectors) expect((await fetch(`${origin}/readyz`)).status).toBe(200)
  expect(await Promise.all(collectors.map((collector) => collector.stop()))).toEqual([0, 0, 0])
  expect(await ask(url, 'select number from migrations where number = 1')).toHaveLength(1)
})

it('the schema of a newer version is refused in a sentence', async () => {
  const url = await freshDatabase()
  await (await start(url)).stop()
  await ask(url, `insert into migrations values (999, '999-later.sql')`)
  const printed = await refusal(url)
  expect(printed).toMatch(
    /did not start\. The database has schema 999, this program knows \d+\. Start the newer/,
  )
  expect(printed).not.toMatch(/only-for-tests|\n\s+at /)
})

it('a database that commits before data are on disk is refused in a sentence', async () => {
  const url = await freshDatabase()
  await ask(url, `alter database ${new URL(url).pathname.slice(1)} set synchronous_commit = off`)
  expect(await refusal(url)).toMatch(/did not start\. .*synchronous_commit is off/)
})

it('an unreachable database is reported without its password', async () => {
  const url = new URL(await freshDatabase())
  url.port = '1'
  const printed = await refusal(url.href)
  expect(printed).toMatch(/did not start\. The database cannot be used now: .*ECONNREFUSED/)
  expect(printed).not.toContain(url.password)
})

it('a URL without TAGFERRY_SECRET, or of another database, is an invalid setting', async () => {
  const TAGFERRY_DATABASE_URL = 'mysql://root:canary@host/db'
  const wrong = await startCollector({ env: { TAGFERRY_DATABASE_URL } }).catch(String)
  expect(wrong).toMatch(/TAGFERRY_DATABASE_URL: expected a URL such as postgres:/)
  expect(wrong).not.toContain('canary')
  const withoutSecret = await startCollector({
    env: { TAGFERRY_DATABASE_URL: 'postgres://root:canary@host/db' },
  }).catch(String)
  expect(withoutSecret).toMatch(/TAGFERRY_SECRET: is required with TAGFERRY_DATABASE_URL/)
  expect(withoutSecret).not.toContain('canary')
})
