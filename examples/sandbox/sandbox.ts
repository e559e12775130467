/** Starts the stand-in, the collector and the example shop on this machine, connected to each other. */
import { randomBytes } from 'node:crypto'
import { existsSync, rmSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { API_KEY, PIXEL_CODE, PLAIN_DOMAIN, SITE_KEY } from '../shop/keys.js'
import { createShop } from '../shop/shop.js'
import { createStandIn } from '../stand-in/stand-in.js'
import type { Cleanup } from './cleanup.js'
import type { SandboxFlags } from './flags.js'
import { choosePort, requirePort } from './ports.js'
import { startProgram } from './program.js'

const DOMAIN = 'example.localhost'
const TOKEN = '0123456789'.repeat(4)
/** Not a secret: the dashboard listens on loopback, and the sandbox deletes its data. */
const PASSWORD = 'only-for-the-sandbox'

// The paths hold for the sources in examples/sandbox and for the bundle in examples/dist.
const COLLECTOR_FILE = fileURLToPath(new URL('../../collector/dist/main.js', import.meta.url))
const POSTGRES_FILE = fileURLToPath(new URL('../dist/sandbox-postgres.js', import.meta.url))

export interface Sandbox {
  dataDir: string
  /** Name and URL (or value) of each part, in the order in which they are printed. */
  parts: readonly (readonly [name: string, value: string])[]
  /** Resolves with the exit code of the collector when it ends. */
  collectorEnded: Promise<number | null>
}

/**
 * Resolves when everything runs, or with undefined when `cleanup` runs meanwhile. Registers everything to stop with
 * `cleanup`, and passes remarks about taken ports to `log`.
 */
export const startSandbox = async (
  { port, visitor, store, fault }: SandboxFlags,
  cleanup: Cleanup,
  log: (line: string) => void,
): Promise<Sandbox | undefined> => {
  if (!existsSync(COLLECTOR_FILE)) throw new Error('The collector is not built yet: run npm run build first.')
  if (port) await requirePort(port, 'the shop')
  const wanted = port
    ? { shop: port, standIn: port + 1, collector: port + 2 }
    : { shop: 8080, standIn: 8081, collector: 8787 }
  const dataDir = await createDataDir(cleanup)

  let dashboard: string | undefined
  const standIn = createStandIn({
    tokens: { [TOKEN]: [PIXEL_CODE] },
    dashboardUrl: ({ eventId }) => (dashboard && eventId ? eventUrl(dashboard, eventId) : null),
  })
  cleanup.add(() => standIn.close())
  const tiktokOrigin = await standIn.listen(await choosePort(wanted.standIn, 'the stand-in', log))
  standIn.answers.set({ pixel: '*', answers: fault })

  const databaseUrl = store === 'postgres' ? await startDatabase(dataDir, cleanup) : undefined
  const collectorPort = await choosePort(wanted.collector, 'the collector', log)
  const shopPort = await choosePort(wanted.shop, 'the shop', log)
  const shopOrigin = `http://www.${DOMAIN}:${shopPort}`
  const env = collectorEnv({ port: collectorPort, dataDir, tiktokOrigin, shopOrigin, databaseUrl })
  const collector = startCollector(env, dataDir, cleanup)
  dashboard = `${(await collector.ready).url}/admin`
  if (cleanup.hasStarted()) return undefined

  const collectorOrigin = `http://127.0.0.1:${collectorPort}`
  const inspectorUrl = `${tiktokOrigin}/inspector`
  const shop = createShop({ collectorOrigin, inspectorUrl, domain: DOMAIN, ...(visitor && { visitor }) })
  cleanup.add(() => shop.close())
  await shop.listen(shopPort)
  return {
    dataDir,
    parts: [
      ['Shop', `${shopOrigin}/?ttclid=E.C.P.abc`],
      ['Examples', `${shopOrigin}/examples`],
      ['Inspector', inspectorUrl],
      ['Collector', collectorOrigin],
      ['Dashboard', dashboard],
      ['Password', PASSWORD],
      ...(databaseUrl ? ([['Database', databaseUrl]] as const) : []),
      ['For tests', `TAGFERRY_SANDBOX=${tiktokOrigin}`],
    ],
    collectorEnded: collector.ended,
  }
}

const createDataDir = async (cleanup: Cleanup): Promise<string> => {
  const dataDir = await mkdtemp(join(tmpdir(), 'tagferry-sandbox-'))
  cleanup.add(() => rm(dataDir, { recursive: true, force: true }))
  // A second Ctrl-C exits without the cleanup.
  process.once('exit', () => rmSync(dataDir, { recursive: true, force: true }))
  return dataDir
}

const eventUrl = (dashboard: string, eventId: string): string =>
  `${dashboard}/events?${new URLSearchParams({ site: DOMAIN, q: `id:${eventId}` })}`

/** Resolves with the URL of an empty PostgreSQL database. */
const startDatabase = async (dataDir: string, cleanup: Cleanup): Promise<string> => {
  const logFile = join(dataDir, 'postgres.log')
  const database = startProgram({ name: 'PostgreSQL', file: POSTGRES_FILE, logFile })
  cleanup.add(() => database.stop())
  return (await database.ready).url
}

const startCollector = (env: Record<string, string>, dataDir: string, cleanup: Cleanup) => {
  const logFile = join(dataDir, 'collector.log')
  const collector = startProgram({ name: 'The collector', file: COLLECTOR_FILE, env, logFile })
  cleanup.add(() => collector.stop())
  return collector
}

interface CollectorEnvOptions {
  port: number
  dataDir: string
  tiktokOrigin: string
  shopOrigin: string
  databaseUrl: string | undefined
}

const collectorEnv = (options: CollectorEnvOptions): Record<string, string> => {
  const { port, dataDir, tiktokOrigin, shopOrigin, databaseUrl } = options
  const site = {
    domain: DOMAIN,
    pixelCode: PIXEL_CODE,
    accessToken: TOKEN,
    country: 'US',
    siteKey: SITE_KEY,
    aliases: [PLAIN_DOMAIN],
    origin: shopOrigin,
  }
  return {
    TAGFERRY_PORT: String(port),
    TAGFERRY_DATA_DIR: dataDir,
    TAGFERRY_TIKTOK_URL: tiktokOrigin,
    TAGFERRY_TRUST_PROXY: 'loopback',
    TAGFERRY_SITES: JSON.stringify([site]),
    TAGFERRY_SITE_CHECK: 'local',
    TAGFERRY_ADMIN_PASSWORD: PASSWORD,
    TAGFERRY_API_KEYS: JSON.stringify([{ site: DOMAIN, key: API_KEY }]),
    // With a database the collector requires a key. The data is deleted, so the key need not be stored.
    ...(databaseUrl && {
      TAGFERRY_DATABASE_URL: databaseUrl,
      TAGFERRY_SECRET: randomBytes(32).toString('base64'),
    }),
  }
}
