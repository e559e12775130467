/** Knows the whole main job on one machine: stand-in, collector and example shop, wired together. */
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { isIP } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Command, InvalidArgumentError } from 'commander'
import { examplesFolder } from './folder.js'
import { startCollector } from './sandbox/collector.js'
import { choosePort } from './sandbox/ports.js'
import { createShop } from './shop/shop.js'
import { VISITORS } from './shop/visitor.js'
import { createStandIn } from './stand-in/stand-in.js'

const DOMAIN = 'example.localhost'
const PIXEL = 'CHRTV0567FRME7OQ5DI0'
const TOKEN = '0123456789'.repeat(4)

const say = (line: string) => void process.stdout.write(`${line}\n`)

const port = (text: string): number => {
  const value = Number(text)
  if (!Number.isInteger(value) || value < 1 || value > 65_000)
    throw new InvalidArgumentError('It must be a number from 1 to 65000.')
  return value
}

const place = (text: string): string => {
  if (VISITORS[text] || isIP(text)) return text
  throw new InvalidArgumentError(`It must be ${Object.keys(VISITORS).join(', ')} or an address.`)
}

const { port: base, visitor } = new Command('sandbox')
  .description('Runs collector, stand-in for TikTok and example shop on this machine; nothing leaves it.')
  .option('-p, --port <number>', 'port of the shop; stand-in and collector take the next two', port)
  .option(
    '--visitor <place>',
    `where visitors come from: ${Object.keys(VISITORS).join(', ')}, or an address`,
    place,
  )
  .parse()
  .opts<{ port?: number; visitor?: string }>()

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

const start = async (): Promise<void> => {
  const program = join(examplesFolder, '..', 'collector', 'dist', 'main.js')
  if (!existsSync(program)) throw new Error('The collector is not built yet: run npm run build first.')
  const data = await mkdtemp(join(tmpdir(), 'tagferry-sandbox-'))
  closers.push(() => rm(data, { recursive: true, force: true }))

  const standIn = createStandIn({ tokens: { [TOKEN]: [PIXEL] } })
  closers.push(() => standIn.close())
  const tiktok = await standIn.listen(await choosePort(standInPort, 'the stand-in', say))

  const ownPort = await choosePort(collectorPort, 'the collector', say)
  const site = { domain: DOMAIN, pixelCode: PIXEL, accessToken: TOKEN, country: 'US' }
  const env = {
    TAGFERRY_PORT: String(ownPort),
    TAGFERRY_DATA_DIR: data,
    TAGFERRY_TIKTOK_URL: tiktok,
    TAGFERRY_TRUST_PROXY: 'loopback',
    TAGFERRY_SITES: JSON.stringify([site]),
  }
  const collector = startCollector(program, env, join(data, 'collector.log'))
  closers.push(() => collector.stop())
  const { setupLink } = await collector.ready

  if (ending) return
  const shop = createShop({
    collectorOrigin: `http://127.0.0.1:${ownPort}`,
    inspectorUrl: `${tiktok}/inspector`,
    domain: DOMAIN,
    ...(visitor && { visitor }),
  })
  closers.push(() => shop.close())
  const shopAt = await shop.listen(await choosePort(shopPort, 'the shop', say))

  say('')
  say('  The sandbox is running. Nothing leaves this machine.')
  say('')
  say(`  Shop       http://www.${DOMAIN}:${shopAt}/?ttclid=E.C.P.abc`)
  say(`  Inspector  ${tiktok}/inspector`)
  say(`  Collector  http://127.0.0.1:${ownPort}`)
  if (setupLink) say(`  Dashboard  ${setupLink}`)
  say('')
  say(`  It started empty; its data in ${data} go when it ends. Ctrl-C ends it.`)

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
    void end().then(() => process.exit(0))
  })

start().catch(async (error: unknown) => {
  // Stopped while starting: that is no failure.
  if (ending) return
  say(error instanceof Error ? error.message : String(error))
  await end()
  process.exitCode = 1
})
