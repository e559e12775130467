// Tests invalid settings: all are reported at once, each by its name, and nothing has been started.
import { existsSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startCli } from '../support/cli.js'
import { startCollector } from '../support/collector.js'
import { postAsPage } from '../support/events.js'
import { listen } from '../support/port.js'
import { temporaryDir } from '../support/temporary.js'
import { sites } from '../support/test-system.js'
import { waitFor } from '../support/wait.js'

interface Ended {
  code: number | null
  output: string
  /** Folder in which the data would be stored. */
  dataDir: string
}

/** Runs the collector in an empty folder until it ends; kills it if it listens. */
async function run(env: Record<string, string>, files: Record<string, string> = {}): Promise<Ended> {
  const cwd = temporaryDir()
  const dataDir = join(cwd, 'data')
  for (const [name, text] of Object.entries(files)) writeFileSync(join(cwd, name), text)
  const cli = startCli([], { TAGFERRY_PORT: '0', TAGFERRY_DATA_DIR: dataDir, ...env }, { cwd })
  const output = () => cli.out() + cli.err()
  let hasEnded = false
  void cli.ended.then(() => {
    hasEnded = true
  })
  await waitFor('the end', () => hasEnded || output().includes('listening on'))
  cli.stop('SIGKILL')
  const { code } = await cli.ended
  return { code, output: output(), dataDir }
}

function expectRefused({ code, output, dataDir }: Ended, ...names: (string | RegExp)[]) {
  expect(code, output).toBeTypeOf('number')
  expect(code, output).not.toBe(0)
  for (const name of names) expect(output).toMatch(name)
  expect(output).not.toMatch(/listening on/)
  // A sentence for the owner, not a stack.
  expect(output).not.toMatch(/\n\s+at .*:\d+:\d+/)
  expect(existsSync(dataDir), 'the data folder was created').toBe(false)
}

const site = (over: object) => JSON.stringify([{ domain: 'shop.example', ...over }])

/** Invalid values of each setting. Each run takes one of every list, because all must be reported at once. */
const invalid: Record<string, string[]> = {
  TAGFERRY_PORT: ['http', '70000', '-1'],
  TAGFERRY_SECRET: ['short'],
  TAGFERRY_TRUST_PROXY: ['true', '0.0.0.0/0', '::ffff:0:0/96'],
  TAGFERRY_LDU_UNKNOWN: ['maybe'],
  TAGFERRY_RATE_LIMIT: ['-5', 'none'],
  TAGFERRY_LOG_LEVEL: ['loud'],
  TAGFERRY_TIKTOK_URL: [
    'http://business-api.tiktok.com',
    'ftp://127.0.0.1',
    'business-api.tiktok.com',
    'http://127.0.0.1.evil.com',
  ],
  TAGFERRY_SITES: [
    '[{"domain":',
    '{"domain":"shop.example"}',
    JSON.stringify([
      { domain: 'https://a.example/' },
      { domain: 'b.example', pixelCode: 'XXX' },
      { domain: 'c.example', accessToken: 'two words' },
      { domain: 'd.example', country: 'America' },
      { domain: 'e.example', aliases: 'www.e.example' },
      { domain: 'f.example', enabled: 'yes' },
    ]),
    '[{"domain":"shop.example"},{"domain":"shop.example"}]',
  ],
  TAGFERRY_API_KEYS: [
    '{"site":"shop.example"}',
    '[{"site":"shop.example","key":"short"}]',
    '[{"site":"shop.example"}]',
  ],
}

describe.concurrent('invalid settings', () => {
  it.each(Array.from({ length: 4 }, (_, at) => at))('are all reported by name (run %i)', async (at) => {
    const env = Object.fromEntries(
      Object.entries(invalid).map(([name, values]) => [name, values[at % values.length] as string]),
    )
    expectRefused(await run(env), ...Object.keys(invalid))
  })

  it('are reported site by site', async () => {
    const { output } = await run({ TAGFERRY_SITES: invalid.TAGFERRY_SITES?.[2] as string })
    const fields = ['domain', 'pixelCode', 'accessToken', 'country', 'aliases', 'enabled']
    for (const [at, field] of fields.entries()) expect(output).toContain(`TAGFERRY_SITES[${at}].${field}`)
  })

  it('name a site that is listed twice', async () => {
    expectRefused(
      await run({ TAGFERRY_SITES: invalid.TAGFERRY_SITES?.[3] as string }),
      'TAGFERRY_SITES',
      'twice',
    )
  })

  it('name the setting of a secret that cannot be read', async () => {
    expectRefused(await run({ TAGFERRY_SECRET_FILE: '/nowhere/secret' }), 'TAGFERRY_SECRET_FILE')
  })
})

it('problems of all kinds are reported at once', async () => {
  const ended = await run({
    TAGFERRY_PORT: 'http',
    TAGFERRY_TIKTOK_URL: 'nonsense',
    TAGFERRY_TRUST_PROXY: 'true',
    TAGFERRY_SITES: site({ domain: '!', pixelCode: 'X', surprise: 1 }),
    TAGFERRY_SECRET_FILE: '/nowhere/secret',
  })
  expectRefused(ended, 'TAGFERRY_PORT', 'TAGFERRY_TIKTOK_URL', 'TAGFERRY_TRUST_PROXY', 'TAGFERRY_SITES')
  expect(ended.output).toMatch(/TAGFERRY_SITES.*domain/)
  expect(ended.output).toMatch(/TAGFERRY_SITES.*pixelCode/)
  expect(ended.output).toMatch(/surprise/)
  expect(ended.output).toMatch('TAGFERRY_SECRET_FILE')
})

describe('unknown settings are refused with a suggestion', () => {
  const meant = {
    TAGFERRY_PROT: 'TAGFERRY_PORT',
    TAGFERRY_RATELIMIT: 'TAGFERRY_RATE_LIMIT',
    TAGFERRY_SITE: 'TAGFERRY_SITES',
    TAGFERRY_TIKTOK_URI: 'TAGFERRY_TIKTOK_URL',
    TAGFERRY_TRUSTED_PROXY: 'TAGFERRY_TRUST_PROXY',
  }
  let ended: Ended
  beforeAll(async () => {
    ended = await run(Object.fromEntries(Object.keys(meant).map((name) => [name, '1'])))
  })

  it('all of them at once', () => {
    expectRefused(ended, ...Object.keys(meant))
  })

  it.each(Object.entries(meant))('%s: did you mean %s?', (typo, name) => {
    expect(ended.output).toMatch(new RegExp(`${typo}\\b.*did you mean ${name}\\b`, 'i'))
  })
})

it('no message about an invalid setting shows a token or a key', async () => {
  const secrets = { accessToken: 'canary-token-1', pixelCode: 'wrong' }
  const keys = '[{"site":"shop.example","key":"canary-key-00000001","surprise":1}]'
  const { output } = await run({ TAGFERRY_SITES: site(secrets), TAGFERRY_API_KEYS: keys })
  expect(output).not.toMatch(/canary/)
})

describe.concurrent('tagferry.config.json', () => {
  it.each(['{"port":', '[]', '"port"', '{"logLevle":1}', '{"logLevel":"loud"}'])(
    '%s is refused',
    async (text) => {
      const ended = await run({}, { 'tagferry.config.json': text })
      expectRefused(ended)
      expect(ended.output).toMatch(/tagferry\.config\.json|TAGFERRY_LOG_LEV/)
    },
  )
})

describe('a port in use', () => {
  let other: Server
  let port: string
  beforeAll(async () => {
    other = createServer()
    port = String(await listen(other))
  })
  afterAll(() => void other.close())

  it('is named in one sentence, and the process ends', async () => {
    const { code, output } = await run({ TAGFERRY_PORT: port })
    expect(code, output).toBeTypeOf('number')
    expect(code).not.toBe(0)
    expect(output).toContain(port)
    expect(output).not.toMatch(/\n\s+at .*:\d+:\d+/)
  })
})

it('the collector starts without settings, and every event is of an unknown site', async () => {
  const collector = await startCollector()
  const { status, json } = await postAsPage(collector.origin, [{ event: 'Purchase' }])
  expect(status).toBe(202)
  expect(json).toMatchObject({ accepted: 0, skipped: [{ reason: 'unknown_site' }] })
  expect(await collector.stop()).toBe(0)
})

it('the generated key can be read by its owner only', async () => {
  const collector = await startCollector({ env: { TAGFERRY_SITES: JSON.stringify(sites) } })
  const keys = readdirSync(collector.dataDir).filter((name) => /secret|key/.test(name))
  expect(keys).toHaveLength(1)
  expect(statSync(join(collector.dataDir, keys[0] as string)).mode & 0o777).toBe(0o600)
  await collector.stop()
})
