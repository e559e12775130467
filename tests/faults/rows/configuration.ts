// Knows the row about poison configurations: each is refused with the setting's name, and what runs is not touched.
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

interface Case {
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
const one = (over: object) => sites({ ...site, ...over })
const env = (name: string, value: string, names = new RegExp(`TAGFERRY_${name}`)): Case => ({
  env: { [`TAGFERRY_${name}`]: value },
  names,
})

/** Of a secret that must not be shown, whatever is wrong with it. */
const canary = 'canary-0123456789'

const cases: Case[] = [
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
  env('SITES', one({ domain: '' }), /TAGFERRY_SITES\[0\]\.domain/),
  env('SITES', one({ domain: 'https://shop.example' }), /TAGFERRY_SITES\[0\]\.domain/),
  env('SITES', one({ domain: 'shop.example/path' }), /TAGFERRY_SITES\[0\]\.domain/),
  env('SITES', one({ domain: 'shop example' }), /TAGFERRY_SITES\[0\]\.domain/),
  env('SITES', one({ domain: `${'a'.repeat(64)}.example` }), /TAGFERRY_SITES\[0\]\.domain/),
  env('SITES', one({ accessToken: '' }), /TAGFERRY_SITES\[0\]\.accessToken/),
  env('SITES', one({ accessToken: ' ' }), /TAGFERRY_SITES\[0\]\.accessToken/),
  env('SITES', one({ accessToken: `${canary}\r\nX-More: 1` }), /TAGFERRY_SITES\[0\]\.accessToken/),
  env('SITES', one({ accessToken: 7 }), /TAGFERRY_SITES\[0\]\.accessToken/),
  env('SITES', one({ pixelCode: '' }), /TAGFERRY_SITES\[0\]\.pixelCode/),
  env('SITES', one({ pixelCode: 'C4 BENCH' }), /TAGFERRY_SITES\[0\]\.pixelCode/),
  env('SITES', one({ pixelCode: null }), /TAGFERRY_SITES\[0\]\.pixelCode/),
  env('SITES', one({ country: 'USA' }), /TAGFERRY_SITES\[0\]\.country/),
  env('SITES', one({ enabled: 'yes' }), /TAGFERRY_SITES\[0\]\.enabled/),
  env('SITES', one({ pixelcode: 'x' }), /TAGFERRY_SITES\[0\]: unknown key pixelcode/),
  env('SITES', one({ __proto: 1 }), /TAGFERRY_SITES\[0\]/),
  env('SITES', one({ aliases: 'b.example' }), /TAGFERRY_SITES\[0\]\.aliases/),
  env('SITES', one({ aliases: ['*'] }), /TAGFERRY_SITES\[0\]\.aliases/),
  env('SITES', sites(site, site), /TAGFERRY_SITES\[1\].*listed twice/),
  {
    // Ten megabytes are more than an environment takes.
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

const running = () => ({
  TAGFERRY_HOST: '127.0.0.1',
  TAGFERRY_PORT: '0',
  TAGFERRY_SITES: sites(site),
  TAGFERRY_SECRET: secret,
})

interface Refusal {
  printed: string
  /** It started nevertheless. */
  started: boolean
}

async function start(main: string, dir: string, one: Case): Promise<Refusal> {
  if (one.file !== undefined) writeFileSync(join(dir, 'tagferry.config.json'), one.file)
  if (one.key !== undefined) writeFileSync(join(dir, 'secret.key'), one.key)
  const settings = { TAGFERRY_PORT: '0', TAGFERRY_DATA_DIR: dir, ...one.env }
  let program: Program
  try {
    program = await startProgram({ argv: [main, ...(one.argv ?? [])], env: settings, cwd: dir })
  } catch (error) {
    // What startProgram says of itself stands before.
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
    const beside = await startProgram({
      argv: [main],
      env: { ...running(), TAGFERRY_DATA_DIR: temporaryDir() },
      cwd: temporaryDir(),
    })
    const bad: string[] = []
    // Each takes a second of the machine; the quick run takes every third, the same ones each time.
    const taken = cases.filter((_, at) => !quick || at % 3 === 0)
    for (const one of taken) {
      const { printed, started } = await start(main, temporaryDir(), one)
      const silent = !one.names.test(printed)
      const tells = printed.includes(canary) || /\n\s+at /.test(printed)
      if (!started && !silent && !tells) continue
      bad.push(JSON.stringify({ ...one, names: String(one.names), started, printed }).slice(0, 600))
    }
    for (const line of bad) console.log(`not refused as it should be: ${line}`)
    const rotated = await keyRotated(main)
    const { status } = await call(beside.origin, { path: '/readyz' })
    const code = await beside.stop()
    const control = await start(main, temporaryDir(), { env: { TAGFERRY_SITES: sites(site) }, names: /./ })
    return [
      moreThan('configurations', taken.length, quick ? 20 : 40),
      exactly('not refused, without the name of the setting, or with a secret or a stack', bad.length, 0),
      ...rotated,
      exactly('/readyz of a collector that runs beside', status, 200),
      exactly('its exit code', code ?? -1, 0),
      exactly('control: a good configuration starts', Number(control.started), 1),
    ]
  },
}

/** What waits was sealed with a key that is gone: nothing may be sent with garbage in it, and nothing may be lost. */
async function keyRotated(main: string): Promise<Check[]> {
  const sink = await startSink()
  await sink.down()
  const data = await openData('sqlite')
  const ledger: Ledger = new Set()
  const before = await startCollector({ data, sink, main, env: { TAGFERRY_SECRET: secret } })
  await send(before.origin, [newId()], ledger)
  await before.stop()
  await sink.up()
  const env = { ...running(), TAGFERRY_SECRET: Buffer.alloc(32, 2).toString('base64') }
  const other = await start(main, data.dir, { env, names: /TAGFERRY_SECRET/ })
  const away = { ...env, TAGFERRY_TIKTOK_URL: 'http://127.0.0.1:1' }
  const unlocked = await start(copyCollector('root'), data.dir, { env: away, names: /./ })
  const after = await startCollector({ data, sink, main, env: { TAGFERRY_SECRET: secret } })
  const { left } = await waitUntilDrained(data, 30_000)
  await after.stop()
  const { checks } = ledgerChecks(ledger, await readStored(data), sink.booked, sink.netDuplicates())
  await sink.down()
  const said = /did not start\. The store was sealed with another key: set TAGFERRY_SECRET/.test(
    other.printed,
  )
  return [
    ...checks,
    exactly('started with another key', Number(other.started), 0),
    exactly('it says which setting to put right', Number(said), 1),
    exactly('undelivered once it is the old one again', left, 0),
    exactly('control: started without a look at the key', Number(unlocked.started), 1),
  ]
}
