/** The process: reads environment, arguments and file, starts the collector, and ends it on a signal. */
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Command } from 'commander'
import { pino } from 'pino'
import { startCollector } from './collector.js'
import { readConfig, type Settings, settingKey } from './config.js'
import { vendors } from './vendors/index.js'

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url))
const version: string = JSON.parse(readFileSync(here('../../package.json'), 'utf8')).version

const program = new Command('tagferry')
  .description('Takes conversion events from web pages, keeps them, and relays them to TikTok.')
  .version(version)
program
  .command('start', { isDefault: true })
  .description('start the collector')
  .option('--port <number>', 'port to listen on')
  .option('--host <address>', 'address to listen on')
  .option('--data-dir <folder>', 'where events and keys are kept')
  .addHelpText('after', '\nAll settings: docs/operations.md. Each is TAGFERRY_… in the environment.')
  .action(start)
await program.parseAsync()

async function start(flags: Settings): Promise<void> {
  const read = readConfig([flags, fromEnvironment(process.env), fromFile('tagferry.config.json')], vendors)
  if (!read.ok) {
    for (const { setting, problem } of read.problems) console.error(`${setting}: ${problem}`)
    console.error('tagferry did not start. Correct these settings and start it again.')
    process.exitCode = 78
    return
  }
  const { config } = read
  const log = pino({ level: config.logLevel, base: null })
  const collector = await startCollector(config, {
    kinds: vendors,
    places: {
      migrations: here('../migrations'),
      scripts: here('../../snippet/dist'),
      sqliteWorker: new URL('./sqlite-worker.js', import.meta.url),
    },
    clock: Date.now,
    random: Math.random,
    log,
  })
  console.log(`tagferry ${version} listening on ${collector.url}`)
  if (config.sites.length === 0)
    console.log('No site is set up yet: set TAGFERRY_SITES (see docs/operations.md).')
  let stopping = false
  const stop = () => {
    // A second signal means now.
    if (stopping) process.exit(1)
    stopping = true
    void collector.stop().then(() => process.exit(0))
    setTimeout(() => process.exit(1), 9_500).unref()
  }
  process.on('SIGTERM', stop)
  process.on('SIGINT', stop)
}

/** TAGFERRY_… of the environment; `…_FILE` names a file that holds the value. */
function fromEnvironment(environment: NodeJS.ProcessEnv): Settings {
  const settings: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(environment)) {
    if (!name.startsWith('TAGFERRY_') || value === undefined || value === '') continue
    if (name === 'TAGFERRY_SECRET_FILE') settings.secret = readFileSync(value, 'utf8').trim()
    else settings[settingKey(name)] = value
  }
  return settings
}

function fromFile(path: string): Settings {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch {
    return {}
  }
  return JSON.parse(text)
}
