// Tests the change of the encryption key for collectors that share a PostgreSQL, step by step as in docs/cli.md.
import { randomBytes } from 'node:crypto'
import { expect, it } from 'vitest'
import { runCli } from '../support/cli.js'
import { startCollector } from '../support/collector.js'
import { ask, freshDatabase } from '../support/postgres.js'
import { sites } from '../support/test-system.js'
import { okBody, startTikTok } from '../support/tiktok.js'
import { createVisitors, keyId, sentAddresses, type Visitors } from '../support/visitors.js'
import { waitFor } from '../support/wait.js'

const site = 'shop.example'
const newSecret = () => randomBytes(32).toString('base64')

/** Changes the key while two collectors accept events: each encrypts with one key, and both can decrypt both. */
async function rotateUnderLoad(
  env: (secret: string) => Record<string, string>,
  url: string,
  visitors: Visitors,
) {
  const [oldKey, newKey] = [newSecret(), newSecret()]
  const oldFirst = await startCollector({ env: env(`${oldKey},${newKey}`) })
  await visitors.sendSome(oldFirst.origin, site, 40)
  const newFirst = await startCollector({ env: env(`${newKey},${oldKey}`) })
  await visitors.sendSome(newFirst.origin, site, 5)
  await visitors.sendSome(oldFirst.origin, site, 5)
  await oldFirst.stop()
  const stopping = new AbortController()
  const sending = visitors.send([newFirst.origin, newFirst.origin], site, stopping.signal)
  expect(
    await runCli(['keys', 'rotate'], { TAGFERRY_DATABASE_URL: url, TAGFERRY_SECRET: newKey }),
  ).toMatchObject({ code: 2, err: expect.stringContaining('"new,old"') })
  const rotated = await runCli(['keys', 'rotate'], env(`${newKey},${oldKey}`))
  stopping.abort()
  await sending
  await newFirst.stop()
  return { newKey, rotated }
}

/** The ids of all keys that something in the database is encrypted with. */
const usedKeys = (url: string) =>
  ask<{ id: string }>(
    url,
    `select distinct encode(substring(sealed from 2 for 4), 'hex') as id
    from (select sealed from visitors union all select sealed from records where sealed is not null) as all_sealed`,
  )

it('changes the key under load: no request fails, the old key is not used any more, all events are readable', async () => {
  const url = await freshDatabase()
  let isDown = true
  const tiktok = await startTikTok((_, response) =>
    isDown ? response.writeHead(503).end() : response.end(okBody),
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
  const { newKey, rotated } = await rotateUnderLoad(env, url, visitors)
  expect(rotated).toMatchObject({ code: 0, err: '' })
  expect(Number(/^(\d+) records are sealed anew/.exec(rotated.out)?.[1])).toBeGreaterThanOrEqual(450)
  expect(visitors.failures).toEqual([])
  expect(await usedKeys(url)).toEqual([{ id: keyId(newKey) }])

  isDown = false
  const since = tiktok.requests.length
  const last = await startCollector({ env: env(newKey) })
  const sent = await waitFor('all pending events', () => {
    const addresses = sentAddresses(tiktok, since)
    return addresses.size >= visitors.addresses.size && addresses
  })
  expect([...visitors.addresses].filter(([id, ip]) => sent.get(id) !== ip)).toEqual([])
  await last.stop()
  await tiktok.close()
})
