/** Runs the process: reads arguments, environment and file, starts the collector or a command, and stops on a signal. */
import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Command, CommanderError } from 'commander'
import { type Collector, startCollector } from './collector.js'
import { addCommands } from './commands/index.js'
import { type Config, readConfig, type Settings } from './config/config.js'
import { readEnvironment, readFile, variableName } from './config/env.js'
import { createAuth } from './dashboard/auth/auth.js'
import { createLog } from './log.js'
import { storeTimes } from './relay/policy.js'
import { vendors } from './vendors/index.js'

/** How long a stop may take after a signal: Docker kills the process after 10 s. */
const stopMs = 9_500
/** How long a stop may take when the store is broken. */
const brokenMs = 5_000

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url))
const version: string = JSON.parse(readFileSync(here('../../package.json'), 'utf8')).version

const places = {
  migrations: here('../migrations'),
  data: here('../data'),
  scripts: here('../../snippet/dist'),
  statics: here('./static'),
  sqliteWorker: new URL('./sqlite-worker.js', import.meta.url),
}

const uptime = () => performance.now()

const program = new Command('tagferry')
  .description('Receives conversion events from web pages, stores them, and relays them to TikTok.')
  .version(version)
  .exitOverride()
program
  .command('start', { isDefault: true })
  .description('start the collector')
  .option('--port <number>', 'port to listen on')
  .option('--host <address>', 'address to listen on')
  .option('--data-dir <folder>', 'folder for events and keys')
  .allowExcessArguments()
  .addHelpText('after', '\nAll settings: docs/operations.md. Each is TAGFERRY_… in the environment.')
  .action(start)
addCommands(program, {
  version,
  kinds: vendors,
  places,
  clock: Date.now,
  uptime,
  random: Math.random,
  storeTimes,
  log: createLog('warn'),
  readConfig: () => loadConfig({}),
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
  // Commander has printed the help or the error already.
  if (error instanceof CommanderError) process.exit(error.exitCode === 0 ? 0 : 2)
  end(1, error instanceof Error ? error.message : String(error))
})

/** Reads the settings of all sources. If any is wrong, prints every problem and ends the process. */
function loadConfig(flags: Settings): Config {
  const environment = readEnvironment(process.env)
  const file = readFile('tagferry.config.json')
  const read = readConfig([flags, environment.settings, file.settings], vendors)
  const problems = [...environment.problems, ...file.problems, ...(read.ok ? [] : read.problems)]
  if (read.ok && problems.length === 0) return read.config
  for (const { setting, problem } of problems)
    console.error(`${variableName(process.env, setting)}: ${problem}`)
  return end(78, 'tagferry did not start. Correct these settings and start it again.')
}

async function start(flags: Settings, { args }: Command): Promise<void> {
  // `start` is the default command, so an argument is the name of an unknown command.
  if (args[0] !== undefined) end(2, `There is no command ${args[0]}; tagferry --help lists them.`)
  const config = loadConfig(flags)
  // If stdout or stderr is full or closed, drop the output and keep running.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {})
  const collector = await startCollector(config, {
    version,
    kinds: vendors,
    places,
    clock: Date.now,
    uptime,
    random: Math.random,
    newId: randomUUID,
    log: createLog(config.logLevel),
  }).catch((error: unknown) =>
    end(1, `tagferry did not start. ${error instanceof Error ? error.message : error}`),
  )
  stopOnSignal(collector)
  void exitWhenBroken(collector)
  printStart(collector, config)
}

function stopOnSignal(collector: Collector): void {
  let isStopping = false
  const stop = () => {
    // A second signal ends the process at once.
    if (isStopping) process.exit(1)
    isStopping = true
    setTimeout(() => process.exit(1), stopMs).unref()
    void collector.stop().then(() => process.exit(0))
  }
  process.on('SIGTERM', stop)
  process.on('SIGINT', stop)
}

/**
 * Stops the collector first: waiting requests get a 503, and SQLite's worker thread ends.
 * An exit during one of its calls would crash the process.
 */
async function exitWhenBroken(collector: Collector): Promise<void> {
  const reason = await collector.broken
  await Promise.race([
    collector.stop().catch(() => {}),
    new Promise((resolve) => setTimeout(resolve, brokenMs)),
  ])
  end(74, `tagferry ends: the store cannot be trusted any more (${reason}).`)
}

function printStart(collector: Collector, config: Config): void {
  console.log(`tagferry ${version} listening on ${collector.url}`)
  console.log(`Dashboard: ${collector.adminUrl}/admin`)
  if (collector.setupLink) console.log(`Set-up link, for one use within a day: ${collector.setupLink}`)
  for (const [name, { value, from }] of config.shown) {
    if (from !== 'default') console.log(`${name}=${value} (${from})`)
  }
}

/** Aborts on a signal or when stdout is closed, for commands that run until they are stopped. */
function stopSignal(): AbortSignal {
  const stopping = new AbortController()
  const stop = () => stopping.abort()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, stop)
  process.stdout.once('error', stop)
  return stopping.signal
}

function end(code: number, sentence: string): never {
  console.error(sentence)
  return process.exit(code)
}
