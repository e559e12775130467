/** Knows the whole main job on one machine: stand-in, collector and example shop, wired together. */
import { randomBytes } from 'node:crypto'
import { existsSync, rmSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { exampleFile, examplesFolder } from './folder.js'
import { readFlags } from './sandbox/options.js'
import { choosePort, insistOnPort } from './sandbox/ports.js'
import { startProgram } from './sandbox/program.js'
import { API_KEY, PIXEL_CODE, PLAIN_DOMAIN, SITE_KEY } from './shop/keys.js'
import { createShop } from './shop/shop.js'
import { createStandIn } from './stand-in/stand-in.js'

const DOMAIN = 'example.localhost'
const TOKEN = '0123456789'.repeat(4)
/** Opens the dashboard of a collector that this machine alone reaches, and that keeps nothing. */
const PASSWORD = 'only-for-the-sandbox'

const say = (line: string) => void process.stdout.write(`${line}\n`)

const { port: base, visitor, store, fault } = readFlags(process.argv)
const [shopPort, standInPort, collectorPort] = base ? [base, base + 1, base + 2] : [8080, 8081, 8787]

const closers: (() => Promise<unknown>)[] = []
let ending: Promise<void> | undefined

/** Ends everything in the reverse order of its start, once. */
const end = (): Promise<void> => {
  ending ??= (async () => {
    for (const close of closers.reverse()) await close()
  })()
  return ending
}

/** The URL of an empty database, or undefined for SQLite. */
const startDatabase = async (data: string): Promise<string | undefined> => {
  if (store === 'sqlite') return undefined
  const file = exampleFile('dist', 'sandbox-postgres.js')
  const database = startProgram({ name: 'PostgreSQL', file, logFile: join(data, 'postgres.log') })
  closers.push(() => database.stop())
  return (await database.ready).url
}

const table = (rows: readonly (readonly [name: string, url: string | undefined])[]) => {
  for (const [name, url] of rows) if (url) say(`  ${name.padEnd(11)}${url}`)
}

const start = async (): Promise<void> => {
  const file = join(examplesFolder, '..', 'collector', 'dist', 'main.js')
  if (!existsSync(file)) throw new Error('The collector is not built yet: run npm run build first.')
  if (base) await insistOnPort(base, 'the shop')
  const data = await mkdtemp(join(tmpdir(), 'tagferry-sandbox-'))
  closers.push(() => rm(data, { recursive: true, force: true }))
  // Whoever does not wait leaves nothing either.
  process.once('exit', () => rmSync(data, { recursive: true, force: true }))

  let dashboard: string | undefined
  const standIn = createStandIn({
    tokens: { [TOKEN]: [PIXEL_CODE] },
    // Until the collector runs there is no dashboard to show an event in.
    journey: ({ eventId }) =>
      dashboard && eventId
        ? `${dashboard}/events?${new URLSearchParams({ site: DOMAIN, q: `id:${eventId}` })}`
        : null,
  })
  closers.push(() => standIn.close())
  const tiktok = await standIn.listen(await choosePort(standInPort, 'the stand-in', say))
  standIn.answers.set({ pixel: '*', answers: fault })

  const database = await startDatabase(data)
  const ownPort = await choosePort(collectorPort, 'the collector', say)
  const shopAt = await choosePort(shopPort, 'the shop', say)
  const site = {
    domain: DOMAIN,
    pixelCode: PIXEL_CODE,
    accessToken: TOKEN,
    country: 'US',
    siteKey: SITE_KEY,
    aliases: [PLAIN_DOMAIN],
    origin: `http://www.${DOMAIN}:${shopAt}`,
  }
  const env = {
    TAGFERRY_PORT: String(ownPort),
    TAGFERRY_DATA_DIR: data,
    TAGFERRY_TIKTOK_URL: tiktok,
    TAGFERRY_TRUST_PROXY: 'loopback',
    TAGFERRY_SITES: JSON.stringify([site]),
    TAGFERRY_SITE_CHECK: 'local',
    TAGFERRY_ADMIN_PASSWORD: PASSWORD,
    TAGFERRY_API_KEYS: JSON.stringify([{ site: DOMAIN, key: API_KEY }]),
    // Several collectors could share that database; this one alone needs no lasting key.
    ...(database && {
      TAGFERRY_DATABASE_URL: database,
      TAGFERRY_SECRET: randomBytes(32).toString('base64'),
    }),
  }
  const collector = startProgram({ name: 'The collector', file, env, logFile: join(data, 'collector.log') })
  closers.push(() => collector.stop())
  dashboard = `${(await collector.ready).url}/admin`

  if (ending) return
  const shop = createShop({
    collectorOrigin: `http://127.0.0.1:${ownPort}`,
    inspectorUrl: `${tiktok}/inspector`,
    domain: DOMAIN,
    ...(visitor && { visitor }),
  })
  closers.push(() => shop.close())
  await shop.listen(shopAt)

  say('\n  The sandbox is running. Nothing leaves this machine.\n')
  table([
    ['Shop', `http://www.${DOMAIN}:${shopAt}/?ttclid=E.C.P.abc`],
    ['Examples', `http://www.${DOMAIN}:${shopAt}/examples`],
    ['Inspector', `${tiktok}/inspector`],
    ['Collector', `http://127.0.0.1:${ownPort}`],
    ['Dashboard', dashboard],
    ['Password', PASSWORD],
    ['Database', database],
    ['For tests', `TAGFERRY_SANDBOX=${tiktok}`],
  ])
  say(`\n  It started empty; its data in ${data} go when it ends. Ctrl-C ends it.`)

  void collector.ended.then(async (code) => {
    if (ending) return
    say(`The collector ended by itself (exit code ${code}), so the sandbox ends too.`)
    await end()
    process.exitCode = 1
  })
}

for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.on(signal, () => {
    // A second Ctrl-C does not wait.
    if (ending) process.exit(1)
    say('Ending. Press Ctrl-C again not to wait for what is still to be sent.')
    void end().then(() => process.exit(0))
  })

start().catch(async (error: unknown) => {
  // Stopped while starting: that is no failure.
  if (ending) return
  say(error instanceof Error ? error.message : String(error))
  await end()
  process.exitCode = 1
})
