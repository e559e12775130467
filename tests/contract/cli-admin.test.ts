// Tests the commands for administrators: API keys, removal of old events, setup links, and printed settings.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runCli } from '../support/cli.js'
import { startCollector } from '../support/collector.js'
import { logIn, password, postForm as submit } from '../support/dashboard.js'
import { call } from '../support/http.js'
import { temporaryDir } from '../support/temporary.js'
import { purchase, sites, startTestSystem, type TestSystem, type WireAnswer } from '../support/test-system.js'
import { waitFor } from '../support/wait.js'

let system: TestSystem
let env: Record<string, string>
const tagferry = (...args: string[]) => runCli(args, env)

beforeAll(async () => {
  system = await startTestSystem()
  env = {
    TAGFERRY_DATA_DIR: system.collector.dataDir,
    TAGFERRY_API_KEYS: JSON.stringify([{ site: 'shop.example', key: 'api-key-of-shop-0001' }]),
    TAGFERRY_SITES: JSON.stringify(sites),
  }
})
afterAll(() => system?.stop())

describe('keys', () => {
  const post = (bearer: string) =>
    system.postAsServer(purchase(), { headers: { authorization: `Bearer ${bearer}` } })
  /** The running collector checks for changes every 2 s. */
  const becomes = (bearer: string, status: number) =>
    waitFor(`answer ${status}`, async () => (await post(bearer)).status === status)

  it('creates a key that the running collector accepts, lists it without showing it, and revokes it', async () => {
    const made = await tagferry(
      'keys',
      'create',
      '--site',
      'shop.example',
      '--name',
      'order webhook',
      '--json',
    )
    expect(made.code).toBe(0)
    const { key: bearer } = JSON.parse(made.out)
    expect(bearer).toMatch(/^tf_[\w-]{32}$/)
    await becomes(bearer, 202)
    const prefix = bearer.slice(0, 7)
    const listed = await tagferry('keys', 'list')
    expect(listed.out).toContain(`${prefix}…  shop.example  "order webhook"  active`)
    expect(listed.out).toContain('set by TAGFERRY_API_KEYS')
    expect(listed.out + (await tagferry('keys', 'list', '--json')).out).not.toContain(bearer)
    expect(await tagferry('keys', 'revoke', prefix)).toMatchObject({ code: 0 })
    await becomes(bearer, 401)
    const list = JSON.parse((await tagferry('keys', 'list', '--json')).out)
    expect(list[0]).toMatchObject({ prefix, revokedAt: expect.any(Number) })
    expect((await tagferry('keys', 'revoke', bearer)).code).toBe(1)
  })

  it.each<[string[], number, string]>([
    [['create', '--site', 'nowhere.example', '--name', 'x'], 1, 'is none of the domains'],
    [['create', '--site', 'shop.example'], 2, "'--name <name>' not specified"],
    [['revoke', 'tf_none'], 1, 'No active key begins with "tf_none"'],
    [['rotate', '--soon'], 2, 'unknown option'],
  ])('%j exits with %i: %s', async (args, code, message) => {
    const result = await tagferry('keys', ...args)
    expect(result.err).toContain(message)
    expect(result.code).toBe(code)
  })
})

describe('purge', () => {
  it('removes the events that arrived before a time, and no others', async () => {
    const { ids } = (await system.post(purchase())).json as WireAnswer
    await system.tiktok.event(ids[0] ?? '')
    expect(await tagferry('purge', '--before', '1d')).toMatchObject({ code: 0, out: '0 events removed.\n' })
    const purged = await tagferry('purge', '--before', '0s')
    expect(purged).toMatchObject({ code: 0, out: expect.stringMatching(/^[1-9]\d* events? removed\.\n$/) })
    await system.expectServing()
  })

  it.each([
    [[], 2, '--before'],
    [['--before', 'soon'], 2, 'A time is written'],
    [['--before', '2999-01-01'], 2, 'still to come'],
  ])('%j exits with %i: %s', async (args, code, message) => {
    const result = await tagferry('purge', ...args)
    expect(result.err).toContain(message)
    expect(result.code).toBe(code)
  })
})

describe('access to the dashboard', () => {
  const tokenOf = (text: string) => /setup\?token=([\w-]+)/.exec(text)?.[1] ?? ''
  const choose = (origin: string, token: string) =>
    submit(origin, '/admin/setup', { token, password, again: password })

  it('is given by invite until there is a password, and by a reset after that', async () => {
    const collector = await startCollector()
    const settings = { TAGFERRY_DATA_DIR: collector.dataDir }
    const invited = await runCli(['invite', '--url', 'https://collect.shop.example/'], settings)
    expect(invited.out).toMatch(/^https:\/\/collect\.shop\.example\/admin\/setup\?token=[\w-]{43}\n$/)
    expect((await choose(collector.origin, tokenOf(invited.out))).headers.location).toBe('/admin')
    const late = await runCli(['invite'], settings)
    expect(late).toMatchObject({ code: 1, out: '', err: expect.stringContaining('password reset') })
    const cookie = await logIn(collector.origin)
    const reset = await runCli(['password', 'reset'], settings)
    expect(reset).toMatchObject({
      code: 0,
      out: expect.stringContaining('http://127.0.0.1:8787/admin/setup?token='),
    })
    const page = () => call(collector.origin, { path: '/admin/domains', headers: { cookie } })
    expect((await page()).status).toBe(303)
    expect((await submit(collector.origin, '/admin/login', { password })).status).toBe(401)
    expect((await choose(collector.origin, tokenOf(reset.out))).headers.location).toBe('/admin')
    // The new password has the version of the old one. Sessions of the old one must stay invalid.
    expect((await page()).status).toBe(303)
    await collector.stop()
  })

  it.each([['invite'], ['password', 'reset']])(
    'is refused by %s if the environment sets the password',
    async (...args) => {
      const settings = { TAGFERRY_DATA_DIR: temporaryDir(), TAGFERRY_ADMIN_PASSWORD: password }
      const message = expect.stringContaining('TAGFERRY_ADMIN_PASSWORD')
      expect(await runCli(args, settings)).toMatchObject({ code: 1, out: '', err: message })
    },
  )
})

it('start logs each setting with its source, and no secrets', async () => {
  const canary = 'canary-0123456789'
  const collector = await startCollector({
    env: {
      TAGFERRY_RATE_LIMIT: '777',
      TAGFERRY_SECRET: Buffer.from(canary.padEnd(32)).toString('base64'),
      TAGFERRY_ADMIN_PASSWORD: canary,
      TAGFERRY_API_KEYS: JSON.stringify([{ site: 'shop.example', key: canary }]),
      TAGFERRY_SITES: JSON.stringify([
        { domain: 'shop.example', pixelCode: 'CHRTV0567FRME7OQ5DI0', accessToken: canary },
      ]),
    },
  })
  const log = await waitFor(
    'the settings',
    () => /^.*RATE_LIMIT=[\s\S]*SITES=.*\n/m.exec(collector.log())?.[0],
  )
  expect(log).toContain('TAGFERRY_RATE_LIMIT=777 (environment)\n')
  expect(log).toContain('TAGFERRY_SITES=•••• (environment)\n')
  expect(collector.log()).not.toContain('TAGFERRY_RETENTION_DAYS')
  expect(collector.log().indexOf('listening on')).toBeLessThan(collector.log().indexOf('TAGFERRY_'))
  expect(collector.log()).not.toContain(canary)
  expect(collector.log()).not.toContain(Buffer.from(canary).toString('base64').slice(0, 20))
  await collector.stop()
})
