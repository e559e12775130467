/** The process: reads environment, arguments and file, starts the collector, and ends it on a signal. */
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Command, CommanderError } from 'commander'
import { type Collector, startCollector } from './collector.js'
import { addCommands } from './commands/index.js'
import { type Config, readConfig, type Settings } from './config/config.js'
import { readEnvironment, readFile, variableName } from './config/env.js'
import { createAuth } from './dashboard/auth/auth.js'
import { createLog } from './log.js'
import { vendors } from './vendors/index.js'

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url))
const version: string = JSON.parse(readFileSync(here('../../package.json'), 'utf8')).version

const places = {
  migrations: here('../migrations'),
  data: here('../data'),
  scripts: here('../../snippet/dist'),
  statics: here('./static'),
  sqliteWorker: new URL('./sqlite-worker.js', import.meta.url),
}

const program = new Command('tagferry')
  .description('Takes conversion events from web pages, keeps them, and relays them to TikTok.')
  .version(version)
  .exitOverride()
program
  .command('start', { isDefault: true })
  .description('start the collector')
  .option('--port <number>', 'port to listen on')
  .option('--host <address>', 'address to listen on')
  .option('--data-dir <folder>', 'where events and keys are kept')
  .allowExcessArguments()
  .addHelpText('after', '\nAll settings: docs/operations.md. Each is TAGFERRY_… in the environment.')
  .action(start)
addCommands(program, {
  version,
  kinds: vendors,
  places,
  clock: Date.now,
  log: createLog('warn'),
  readConfig: () => configOf({}),
  // No command sets a password, so the list of common ones is not needed.
  openAuth: (store) => createAuth({ store, clock: Date.now, password: undefined, common: new Set() }),
  apiKey: process.env.TAGFERRY_KEY || undefined,
  stopSignal,
  print: console.log,
  note: console.error,
  fail(reason) {
    if (reason !== undefined) console.error(reason)
    process.exitCode = 1
  },
  failUsage: (problem) => end(2, problem),
})
await program.parseAsync().catch((error: unknown) => {
  // Help was asked for, or the words cannot be understood: either has been said.
  if (error instanceof CommanderError) process.exit(error.exitCode === 0 ? 0 : 2)
  end(1, error instanceof Error ? error.message : String(error))
})

/** Reads the settings of all sources. If any is wrong, prints all problems and ends the process. */
function configOf(flags: Settings): Config {
  const environment = readEnvironment(process.env)
  const file = readFile('tagferry.config.json')
  const read = readConfig([flags, environment.settings, file.settings], vendors)
  const problems = [...environment.problems, ...file.problems, ...(read.ok ? [] : read.problems)]
  if (read.ok && problems.length === 0) return read.config
  for (const { setting, problem } of problems)
    console.error(`${variableName(process.env, setting)}: ${problem}`)
  end(78, 'tagferry did not start. Correct these settings and start it again.')
}

async function start(flags: Settings, { args }: Command): Promise<void> {
  // It is the command for no command: what it cannot understand was meant for one.
  if (args[0] !== undefined) return end(2, `There is no command ${args[0]}; tagferry --help lists them.`)
  const config = configOf(flags)
  // What finds no space to be printed is lost; the service is not.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {})
  const log = createLog(config.logLevel)
  let collector: Collector
  try {
    collector = await startCollector(config, {
      version,
      kinds: vendors,
      places,
      clock: Date.now,
      random: Math.random,
      log,
    })
  } catch (error) {
    return end(1, `tagferry did not start. ${error instanceof Error ? error.message : error}`)
  }
  let stopping = false
  const stop = () => {
    // A second signal means now.
    if (stopping) process.exit(1)
    stopping = true
    setTimeout(() => process.exit(1), 9_500).unref()
    void collector.stop().then(() => process.exit(0))
  }
  process.on('SIGTERM', stop)
  process.on('SIGINT', stop)
  // Not acknowledging is all that is left to do. What waits is answered 503 first, and the worker ends by itself:
  // an exit in the middle of a call of SQLite would be a crash.
  void collector.broken.then(async (reason) => {
    await Promise.race([
      collector.stop().catch(() => {}),
      new Promise((resolve) => setTimeout(resolve, 5_000)),
    ])
    end(74, `tagferry ends: the store cannot be trusted any more (${reason}).`)
  })
  console.log(`tagferry ${version} listening on ${collector.url}`)
  console.log(`Dashboard: ${collector.adminUrl}/admin`)
  if (collector.setupLink) console.log(`Set-up link, for one use within a day: ${collector.setupLink}`)
  for (const [name, { value, from }] of config.shown) {
    if (from !== 'default') console.log(`${name}=${value} (${from})`)
  }
}

/** For a command that runs until it is stopped, or until nobody reads its output. */
function stopSignal(): AbortSignal {
  const stopping = new AbortController()
  const stop = () => stopping.abort()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, stop)
  process.stdout.once('error', stop)
  return stopping.signal
}

function end(code: number, sentence: string): never {
  console.error(sentence)
  process.exit(code)
}
