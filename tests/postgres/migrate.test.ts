// Knows how an owner moves from SQLite to PostgreSQL: with one command, and what waited is sent from there.
import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { startCollector } from '../support/collector.js'
import { freshDatabase } from '../support/postgres.js'
import { temporaryDir } from '../support/temporary.js'
import { sites } from '../support/test-system.js'
import { startTikTok } from '../support/tiktok.js'
import { newIds, post, userAgent } from './support.js'

const main = fileURLToPath(new URL('../../collector/dist/main.js', import.meta.url))

/** Runs `tagferry migrate-store` as the owner does. */
function migrate(dataDir: string, env: Record<string, string>): Promise<{ code: number; printed: string }> {
  return new Promise((resolve) => {
    const options = { cwd: dataDir, env: { PATH: process.env.PATH, TAGFERRY_DATA_DIR: dataDir, ...env } }
    execFile(process.execPath, [main, 'migrate-store'], options, (error, stdout, stderr) =>
      resolve({ code: Number(error?.code ?? 0), printed: stdout + stderr }),
    )
  })
}

const secret = Buffer.alloc(32).toString('base64')

it('takes along what waits, with its visitor, under the same secret', async () => {
  const url = await freshDatabase()
  // Nobody listens there: everything waits.
  const env = {
    TAGFERRY_SITES: JSON.stringify(sites),
    TAGFERRY_TIKTOK_URL: 'http://127.0.0.1:1',
    TAGFERRY_TRUST_PROXY: 'loopback',
  }
  const before = await startCollector({ env })
  const ids = newIds(30)
  expect((await post(before.origin, ids)).answer.json).toMatchObject({ accepted: 30 })
  await before.stop()

  const refused = await migrate(before.dataDir, { TAGFERRY_DATABASE_URL: url, TAGFERRY_SECRET: secret })
  expect(refused.code).toBe(2)
  expect(refused.printed).toMatch(/another TAGFERRY_SECRET: set TAGFERRY_SECRET_FILE=.*secret\.key/)
  const shared = {
    TAGFERRY_DATABASE_URL: url,
    TAGFERRY_SECRET: readFileSync(join(before.dataDir, 'secret.key'), 'utf8').trim(),
  }
  expect((await migrate(before.dataDir, shared)).printed).toBe(
    '30 events copied to PostgreSQL; 0 were there already.\n',
  )
  expect((await migrate(before.dataDir, shared)).printed).toBe(
    '0 events copied to PostgreSQL; 30 were there already.\n',
  )

  const tiktok = await startTikTok()
  const after = await startCollector({ env: { ...env, ...shared, TAGFERRY_TIKTOK_URL: tiktok.origin } })
  const last = await tiktok.event(ids[29] ?? '')
  expect(last.user).toMatchObject({ user_agent: userAgent })
  expect(ids.filter((id) => tiktok.eventsOf(id).length !== 1)).toEqual([])
  await after.stop()
  await tiktok.close()
})

it('says what is missing', async () => {
  const dataDir = temporaryDir()
  const shared = { TAGFERRY_DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none', TAGFERRY_SECRET: secret }
  expect(await migrate(dataDir, {})).toMatchObject({
    code: 2,
    printed: expect.stringMatching(/^Set TAGFERRY_DATABASE_URL/),
  })
  expect(await migrate(dataDir, shared)).toMatchObject({
    code: 2,
    printed: expect.stringMatching(/^There is no .*tagferry\.db to copy/),
  })
})
