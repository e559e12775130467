// Row of invalid configurations: each is refused with the name of the setting, and a running collector is not affected.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { site } from '../../../bench/conversion.js'
import { copyCollector } from '../../chaos/build-copy.js'
import { type Check, exactly, moreThan } from '../../chaos/check.js'
import { startCollector, waitUntilDrained } from '../../chaos/collector.js'
import { openData, readStored } from '../../chaos/data.js'
import { type Ledger, ledgerChecks } from '../../chaos/ledger.js'
import { newId, send } from '../../chaos/load.js'
import { startSink } from '../../chaos/sink.js'
import { call } from '../../support/http.js'
import { type Program, startProgram } from '../../support/program.js'
import { temporaryDir } from '../../support/temporary.js'
import type { Row } from '../row.js'

interface InvalidConfiguration {
  env?: Record<string, string>
  argv?: string[]
  /** Text of tagferry.config.json. */
  file?: string
  /** Text of secret.key in the data folder. */
  key?: string
  /** What the refusal must name. */
  names: RegExp
}

const secret = Buffer.alloc(32, 1).toString('base64')
const sites = (...list: unknown[]) => JSON.stringify(list)
const siteWith = (over: object) => sites({ ...site, ...over })
const env = (name: string, value: string, names = new RegExp(`TAGFERRY_${name}`)): InvalidConfiguration => ({
  env: { [`TAGFERRY_${name}`]: value },
  names,
})

/** Stands in a secret that must not be printed. */
const canary = 'canary-0123456789'

const cases: InvalidConfiguration[] = [
  env('PORT', 'eighty'),
  env('PORT', '-1'),
  env('PORT', '65536'),
  env('PORT', '80.5'),
  env('PORT', '1e99'),
  env('HOST', '300.300.300.300', /300\.300\.300\.300/),
  env('DATABASE_URL', `mysql://root:${canary}@host/db`),
  env('DATABASE_URL', canary),
  { env: { TAGFERRY_DATABASE_URL: `postgres://root:${canary}@host/db` }, names: /TAGFERRY_SECRET/ },
  env('DATABASE_URL_FILE', '/nowhere'),
  env('SECRET', canary),
  env('SECRET', Buffer.alloc(31).toString('base64')),
  env('SECRET', Buffer.alloc(33).toString('base64')),
  env('SECRET', '\u{1f511}'.repeat(8)),
  env('SECRET_FILE', '/nowhere/secret'),
  env('SECRET_FILE', '/'),
  env('SECRET_FILE', '/proc/self/status'),
  { key: 'short', names: /secret\.key/ },
  { key: '', names: /secret\.key/ },
  env('SITES', '{'),
  env('SITES', 'null'),
  env('SITES', '{}'),
  env('SITES', '"shop.example"'),
  env('SITES', '[1]', /TAGFERRY_SITES\[0\]/),
  env('SITES', '[null]', /TAGFERRY_SITES\[0\]/),
  env('SITES', '['.repeat(100_000)),
  env('SITES', siteWith({ domain: '' }), /TAGFERRY_SITES\[0\]\.domain/),
  env('SITES', siteWith({ domain: 'https://shop.example' }), /TAGFERRY_SITES\[0\]\.domain/),
  env('SITES', siteWith({ domain: 'shop.example/path' }), /TAGFERRY_SITES\[0\]\.domain/),
  env('SITES', siteWith({ domain: 'shop example' }), /TAGFERRY_SITES\[0\]\.domain/),
  env('SITES', siteWith({ domain: `${'a'.repeat(64)}.example` }), /TAGFERRY_SITES\[0\]\.domain/),
  env('SITES', siteWith({ accessToken: '' }), /TAGFERRY_SITES\[0\]\.accessToken/),
  env('SITES', siteWith({ accessToken: ' ' }), /TAGFERRY_SITES\[0\]\.accessToken/),
  env('SITES', siteWith({ accessToken: `${canary}\r\nX-More: 1` }), /TAGFERRY_SITES\[0\]\.accessToken/),
  env('SITES', siteWith({ accessToken: 7 }), /TAGFERRY_SITES\[0\]\.accessToken/),
  env('SITES', siteWith({ pixelCode: '' }), /TAGFERRY_SITES\[0\]\.pixelCode/),
  env('SITES', siteWith({ pixelCode: 'C4 BENCH' }), /TAGFERRY_SITES\[0\]\.pixelCode/),
  env('SITES', siteWith({ pixelCode: null }), /TAGFERRY_SITES\[0\]\.pixelCode/),
  env('SITES', siteWith({ country: 'USA' }), /TAGFERRY_SITES\[0\]\.country/),
  env('SITES', siteWith({ enabled: 'yes' }), /TAGFERRY_SITES\[0\]\.enabled/),
  env('SITES', siteWith({ pixelcode: 'x' }), /TAGFERRY_SITES\[0\]: unknown key pixelcode/),
  env('SITES', siteWith({ __proto: 1 }), /TAGFERRY_SITES\[0\]/),
  env('SITES', siteWith({ aliases: 'b.example' }), /TAGFERRY_SITES\[0\]\.aliases/),
  env('SITES', siteWith({ aliases: ['*'] }), /TAGFERRY_SITES\[0\]\.aliases/),
  env('SITES', sites(site, site), /TAGFERRY_SITES\[1\].*listed twice/),
  {
    // Ten megabytes do not fit into an environment variable.
    file: JSON.stringify({
      sites: Array.from({ length: 400_000 }, (_, at) => ({ domain: `d${at % 399_999}.example` })),
    }),
    names: /TAGFERRY_SITES\[399999\].*listed twice/,
  },
  env('API_KEYS', '[{"site":"shop.example","key":"short"}]', /TAGFERRY_API_KEYS\[0\]\.key/),
  env('API_KEYS', '[{"key":"long-enough-0123456789"}]', /TAGFERRY_API_KEYS\[0\]\.site/),
  env('API_KEYS', 'key'),
  env('TIKTOK_URL', 'http://example.com'),
  env('TIKTOK_URL', 'file:///etc/passwd'),
  env('TIKTOK_URL', 'business-api.tiktok.com'),
  env('TRUST_PROXY', 'true'),
  env('TRUST_PROXY', '10.0.0.0/33'),
  env('TRUST_PROXY', '-1'),
  env('GEO_HEADERS', 'nginx'),
  { env: { TAGFERRY_GEO_HEADERS: 'custom' }, names: /TAGFERRY_GEO/ },
  env('GEO_COUNTRY_HEADER', 'x y'),
  env('GEOIP_DB', '/nowhere.mmdb', /nowhere\.mmdb/),
  env('LDU_SCOPE', 'US-XX'),
  env('LDU_UNKNOWN', 'maybe'),
  env('RATE_LIMIT', '0'),
  env('RATE_LIMIT', '-5'),
  env('RETENTION_DAYS', '0'),
  env('RETENTION_DAYS', 'NaN'),
  env('LOG_LEVEL', 'loud'),
  env('PROT', '1', /TAGFERRY_PROT: unknown setting/),
  { file: '{"port":', names: /tagferry\.config\.json/ },
  { file: '[]', names: /tagferry\.config\.json/ },
  { file: '{"prot":1}', names: /TAGFERRY_PROT/ },
  { file: '\u0000\u0001', names: /tagferry\.config\.json/ },
  { file: '{"__proto__":{"port":1},"constructor":1}', names: /TAGFERRY_/ },
  { argv: ['start', '--port', 'x'], names: /TAGFERRY_PORT/ },
  { argv: ['start', '--prot', '1'], names: /--prot/ },
  { argv: ['strat'], names: /strat/ },
]

const validSettings = () => ({
  TAGFERRY_HOST: '127.0.0.1',
  TAGFERRY_PORT: '0',
  TAGFERRY_SITES: sites(site),
  TAGFERRY_SECRET: secret,
})

interface StartResult {
  printed: string
  started: boolean
}

async function start(main: string, dir: string, configuration: InvalidConfiguration): Promise<StartResult> {
  const { file, key, env, argv = [] } = configuration
  if (file !== undefined) writeFileSync(join(dir, 'tagferry.config.json'), file)
  if (key !== undefined) writeFileSync(join(dir, 'secret.key'), key)
  const settings = { TAGFERRY_PORT: '0', TAGFERRY_DATA_DIR: dir, ...env }
  let program: Program
  try {
    program = await startProgram({ argv: [main, ...argv], env: settings, cwd: dir })
  } catch (error) {
    // Without the sentence that startProgram puts before the output.
    return { printed: (error as Error).message.split('It printed:\n')[1] ?? '', started: false }
  }
  await program.stop()
  return { printed: program.log(), started: true }
}

export const configuration: Row = {
  row: 47,
  name: 'poison configuration',
  async run({ quick }) {
    const main = copyCollector()
    const running = await startProgram({
      argv: [main],
      env: { ...validSettings(), TAGFERRY_DATA_DIR: temporaryDir() },
      cwd: temporaryDir(),
    })
    const wrong: string[] = []
    // Each takes a second. The quick run tries every third, the same ones each time.
    const tried = cases.filter((_, at) => !quick || at % 3 === 0)
    for (const configuration of tried) {
      const { printed, started } = await start(main, temporaryDir(), configuration)
      const { names } = configuration
      const showsTooMuch = printed.includes(canary) || /\n\s+at /.test(printed)
      if (!started && names.test(printed) && !showsTooMuch) continue
      wrong.push(JSON.stringify({ ...configuration, names: String(names), started, printed }).slice(0, 600))
    }
    for (const line of wrong) console.log(`not refused as it should be: ${line}`)
    const rotated = await keyRotated(main)
    const { status } = await call(running.origin, { path: '/readyz' })
    const code = await running.stop()
    const control = await start(main, temporaryDir(), { env: { TAGFERRY_SITES: sites(site) }, names: /./ })
    return [
      moreThan('configurations', tried.length, quick ? 20 : 40),
      exactly('not refused, without the name of the setting, or with a secret or a stack', wrong.length, 0),
      ...rotated,
      exactly('/readyz of a running collector', status, 200),
      exactly('its exit code', code ?? -1, 0),
      exactly('control: a good configuration starts', Number(control.started), 1),
    ]
  },
}

/** Pending events are encrypted with a key that is missing: nothing may be sent undecrypted, and nothing may be lost. */
async function keyRotated(main: string): Promise<Check[]> {
  const sink = await startSink()
  await sink.down()
  const data = await openData('sqlite')
  const ledger: Ledger = new Set()
  const before = await startCollector({ data, sink, main, env: { TAGFERRY_SECRET: secret } })
  await send(before.origin, [newId()], ledger)
  await before.stop()
  await sink.up()
  const env = { ...validSettings(), TAGFERRY_SECRET: Buffer.alloc(32, 2).toString('base64') }
  const other = await start(main, data.dir, { env, names: /TAGFERRY_SECRET/ })
  const offline = { ...env, TAGFERRY_TIKTOK_URL: 'http://127.0.0.1:1' }
  const unchecked = await start(copyCollector('keyCheck'), data.dir, { env: offline, names: /./ })
  const after = await startCollector({ data, sink, main, env: { TAGFERRY_SECRET: secret } })
  const { left } = await waitUntilDrained(data)
  await after.stop()
  const { checks } = ledgerChecks(ledger, await readStored(data), sink.booked, sink.netDuplicates())
  await sink.down()
  const isExplained = /did not start\. The store was sealed with another key: set TAGFERRY_SECRET/.test(
    other.printed,
  )
  return [
    ...checks,
    exactly('started with another key', Number(other.started), 0),
    exactly('it says which setting to correct', Number(isExplained), 1),
    exactly('undelivered with the old key', left, 0),
    exactly('control: started without the key check', Number(unchecked.started), 1),
  ]
}
