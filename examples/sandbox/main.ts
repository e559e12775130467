/** Runs `npm run sandbox`: starts the sandbox, prints its addresses, and stops it at Ctrl-C. */
import { createCleanup } from './cleanup.js'
import { parseFlags } from './flags.js'
import { type Sandbox, startSandbox } from './sandbox.js'

const log = (line: string) => void process.stdout.write(`${line}\n`)
const cleanup = createCleanup()

const printSandbox = ({ parts, dataDir }: Sandbox): void => {
  log('\n  The sandbox is running. Nothing leaves this machine.\n')
  for (const [name, value] of parts) log(`  ${name.padEnd(11)}${value}`)
  log(`\n  It started empty; its data in ${dataDir} is deleted on exit. Ctrl-C ends it.`)
}

const endWithCollector = async ({ collectorEnded }: Sandbox): Promise<void> => {
  const code = await collectorEnded
  if (cleanup.hasStarted()) return
  log(`The collector ended unexpectedly (exit code ${code}), so the sandbox ends too.`)
  await cleanup.run()
  process.exitCode = 1
}

const endOnSignal = (): void => {
  // A second Ctrl-C does not wait.
  if (cleanup.hasStarted()) process.exit(1)
  log('Ending. Press Ctrl-C again to quit without waiting for events that are still to be sent.')
  void cleanup.run().then(() => process.exit(0))
}

const main = async (): Promise<void> => {
  const flags = parseFlags(process.argv)
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, endOnSignal)
  try {
    const sandbox = await startSandbox(flags, cleanup, log)
    if (!sandbox) return
    printSandbox(sandbox)
    void endWithCollector(sandbox)
  } catch (error) {
    // Ctrl-C during the start is not a failure.
    if (cleanup.hasStarted()) return
    log(error instanceof Error ? error.message : String(error))
    await cleanup.run()
    process.exitCode = 1
  }
}

await main()
