// Knows how wrong settings are told: all at once, each by its name, and nothing has begun.
import { spawn } from 'node:child_process'
import { existsSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startCollector } from '../support/collector.js'
import { call } from '../support/http.js'
import { killOnExit, temporaryDir } from '../support/temporary.js'
import { sites } from '../support/test-system.js'

const main = fileURLToPath(new URL('../../collector/dist/main.js', import.meta.url))

interface Ended {
  code: number | null
  output: string
  /** Where the data would have been. */
  dataDir: string
}

/** Runs the collector in an empty directory; kills it when it has not ended after 12 s. */
async function run(env: Record<string, string>, files: Record<string, string> = {}): Promise<Ended> {
  const cwd = temporaryDir()
  const dataDir = join(cwd, 'data')
  for (const [name, text] of Object.entries(files)) writeFileSync(join(cwd, name), text)
  const inherited = Object.entries(process.env).filter(
    ([name]) => !/^(TAGFERRY_|VITEST|NODE_ENV$)/.test(name),
  )
  const child = spawn(process.execPath, [main], {
    cwd,
    env: { ...Object.fromEntries(inherited), TAGFERRY_PORT: '0', TAGFERRY_DATA_DIR: dataDir, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  killOnExit(child)
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => {
      output += chunk
      if (output.includes('listening on')) child.kill('SIGKILL')
    })
  }
  const timer = setTimeout(() => child.kill('SIGKILL'), 12_000)
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve))
  clearTimeout(timer)
  return { code, output, dataDir }
}

function expectRefused({ code, output, dataDir }: Ended, ...named: (string | RegExp)[]) {
  expect(code, output).toBeTypeOf('number')
  expect(code, output).not.toBe(0)
  for (const name of named) expect(output).toMatch(name)
  expect(output).not.toMatch(/listening on/)
  // A sentence for the owner, not a stack for us.
  expect(output).not.toMatch(/\n\s+at .*:\d+:\d+/)
  expect(existsSync(dataDir), 'nothing was begun').toBe(false)
}

const site = (over: object) => JSON.stringify([{ domain: 'shop.example', ...over }])

/** What is wrong, by setting. Each run takes one of every list, for all must be told at once. */
const wrong: Record<string, string[]> = {
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

describe.concurrent('settings that are wrong', () => {
  it.each(Array.from({ length: 4 }, (_, at) => at))('are all told by name (run %i)', async (at) => {
    const env = Object.fromEntries(
      Object.entries(wrong).map(([name, values]) => [name, values[at % values.length] as string]),
    )
    expectRefused(await run(env), ...Object.keys(wrong))
  })

  it('are told site by site', async () => {
    const { output } = await run({ TAGFERRY_SITES: wrong.TAGFERRY_SITES?.[2] as string })
    const fields = ['domain', 'pixelCode', 'accessToken', 'country', 'aliases', 'enabled']
    for (const [at, field] of fields.entries()) expect(output).toContain(`TAGFERRY_SITES[${at}].${field}`)
  })

  it('are told alone too', async () => {
    expectRefused(
      await run({ TAGFERRY_SITES: wrong.TAGFERRY_SITES?.[3] as string }),
      'TAGFERRY_SITES',
      'twice',
    )
  })

  it('a secret that cannot be read is told by the name of its setting', async () => {
    expectRefused(await run({ TAGFERRY_SECRET_FILE: '/nowhere/secret' }), 'TAGFERRY_SECRET_FILE')
  })
})

it('all that is wrong is told at once', async () => {
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

describe('an unknown setting is refused with the likely name', () => {
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

  it.each(Object.entries(meant))('%s: did you mean %s?', (given, name) => {
    expect(ended.output).toMatch(new RegExp(`${given}\\b.*did you mean ${name}\\b`, 'i'))
  })
})

it('no answer to a wrong setting shows a token or a key', async () => {
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

describe('a port that somebody else has', () => {
  let other: Server
  beforeAll(async () => {
    other = createServer()
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
  })
  afterAll(() => void other.close())

  it('is named in one sentence, and the process ends', async () => {
    const port = String((other.address() as { port: number }).port)
    const { code, output } = await run({ TAGFERRY_PORT: port })
    expect(code, output).toBeTypeOf('number')
    expect(code).not.toBe(0)
    expect(output).toContain(port)
    expect(output).not.toMatch(/\n\s+at .*:\d+:\d+/)
  })
})

it('with nothing configured it starts, and every event is one of an unknown site', async () => {
  const collector = await startCollector()
  const headers = { 'content-type': 'text/plain', origin: 'https://shop.example' }
  const body = { site: 'shop.example', events: [{ event: 'Purchase' }] }
  const { status, json } = await call(collector.origin, { method: 'POST', path: '/e', headers, body })
  expect(status).toBe(202)
  expect(json).toMatchObject({ accepted: 0, skipped: [{ reason: 'unknown_site' }] })
  expect(await collector.stop()).toBe(0)
})

it('the generated key is for its owner alone', async () => {
  const collector = await startCollector({ env: { TAGFERRY_SITES: JSON.stringify(sites) } })
  const keys = readdirSync(collector.dataDir).filter((name) => /secret|key/.test(name))
  expect(keys).toHaveLength(1)
  expect(statSync(join(collector.dataDir, keys[0] as string)).mode & 0o777).toBe(0o600)
  await collector.stop()
})
