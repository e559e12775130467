/** Another sealing key for collectors that share a PostgreSQL, step by step as docs/cli.md has it. */
import { randomBytes } from 'node:crypto'
import { expect, it } from 'vitest'
import { runCli } from '../support/cli.js'
import { startCollector } from '../support/collector.js'
import { ask, freshDatabase } from '../support/postgres.js'
import { sites } from '../support/test-system.js'
import { okBody, startTikTok } from '../support/tiktok.js'
import { createVisitors, keyId, sentAddresses } from '../support/visitors.js'
import { waitFor } from '../support/wait.js'

it('is taken under load: no request fails, nothing stays under the old one, and all can be read', async () => {
  const url = await freshDatabase()
  const [old, key] = [randomBytes(32), randomBytes(32)].map((bytes) => bytes.toString('base64')) as [
    string,
    string,
  ]
  let away = true
  const tiktok = await startTikTok((_, response) =>
    away ? response.writeHead(503).end() : response.end(okBody),
  )
  const env = (secret: string) => ({
    TAGFERRY_DATABASE_URL: url,
    TAGFERRY_SECRET: secret,
    TAGFERRY_TIKTOK_URL: tiktok.origin,
    TAGFERRY_SITES: JSON.stringify(sites),
    TAGFERRY_RATE_LIMIT: 'off',
    TAGFERRY_TRUST_PROXY: 'loopback',
    TAGFERRY_LOG_LEVEL: 'warn',
  })
  const visitors = createVisitors()
  const site = 'shop.example'

  const reading = await startCollector({ env: env(`${old},${key}`) })
  await visitors.sendSome(reading.origin, site, 40)
  const sealing = await startCollector({ env: env(`${key},${old}`) })
  // While the collectors change over, one seals with each key, and both can open both.
  await visitors.sendSome(sealing.origin, site, 5)
  await visitors.sendSome(reading.origin, site, 5)
  await reading.stop()
  const stopping = new AbortController()
  const sending = visitors.send([sealing.origin, sealing.origin], site, stopping.signal)
  expect(
    await runCli(['keys', 'rotate'], { TAGFERRY_DATABASE_URL: url, TAGFERRY_SECRET: key }),
  ).toMatchObject({
    code: 2,
    err: expect.stringContaining('"new,old"'),
  })
  const rotated = await runCli(['keys', 'rotate'], env(`${key},${old}`))
  stopping.abort()
  await sending
  expect(rotated).toMatchObject({ code: 0, err: '' })
  expect(Number(/^(\d+) records are sealed anew/.exec(rotated.out)?.[1])).toBeGreaterThanOrEqual(450)
  expect(visitors.failures).toEqual([])
  await sealing.stop()
  const rows = await ask<{ id: string }>(
    url,
    `select distinct encode(substring(sealed from 2 for 4), 'hex') as id
    from (select sealed from visitors union all select sealed from records where sealed is not null) as all_sealed`,
  )
  expect(rows).toEqual([{ id: keyId(key) }])

  away = false
  const since = tiktok.requests.length
  const last = await startCollector({ env: env(key) })
  const told = await waitFor(
    'all that waited',
    () => {
      const now = sentAddresses(tiktok, since)
      return now.size >= visitors.addresses.size ? now : undefined
    },
    30_000,
  )
  expect([...visitors.addresses].filter(([id, ip]) => told.get(id) !== ip)).toEqual([])
  await last.stop()
  await tiktok.close()
}, 120_000)
