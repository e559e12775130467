// Tests the command migrate-store, which copies everything from SQLite to PostgreSQL.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { runCli } from '../support/cli.js'
import { startCollector } from '../support/collector.js'
import { freshDatabase } from '../support/postgres.js'
import { temporaryDir } from '../support/temporary.js'
import { sites } from '../support/test-system.js'
import { startTikTok } from '../support/tiktok.js'
import { newIds, post, userAgent } from './support.js'

async function migrate(dataDir: string, env: Record<string, string>) {
  const { code, out, err } = await runCli(['migrate-store'], { TAGFERRY_DATA_DIR: dataDir, ...env })
  return { code, printed: out + err }
}

const secret = Buffer.alloc(32).toString('base64')

it('copies pending events with their visitors, if the secret is the same', async () => {
  const url = await freshDatabase()
  // Nothing listens at this address of TikTok, so all events stay pending.
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
