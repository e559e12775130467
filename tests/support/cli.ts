// Runs commands of the built collector, as an owner would from a shell.
import { spawn } from 'node:child_process'
import { builtCollector } from './collector.js'
import { inheritedEnv } from './program.js'
import { killOnExit, temporaryDir } from './temporary.js'
import { waitLimitMs } from './wait.js'

export interface CliResult {
  /** Null after a signal. */
  code: number | null
  out: string
  err: string
}

export interface RunningCli {
  ended: Promise<CliResult>
  /** What it has printed to stdout so far. */
  out(): string
  /** What it has printed to stderr so far. */
  err(): string
  stop(signal?: NodeJS.Signals): void
}

export interface CliOptions {
  /** Folder in which the command runs; without it the data folder, or an empty one. */
  cwd?: string
  /** File to run instead of the build in the repository. */
  main?: string
}

/** @param env TAGFERRY_ settings of the command; those of the environment of the tests are left out */
export function startCli(
  args: readonly string[],
  env: Record<string, string | undefined> = {},
  { cwd = env.TAGFERRY_DATA_DIR ?? temporaryDir(), main = builtCollector }: CliOptions = {},
): RunningCli {
  const child = spawn(process.execPath, [main, ...args], {
    cwd,
    env: { ...inheritedEnv(), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  killOnExit(child)
  const printed = { out: '', err: '' }
  child.stdout.on('data', (chunk: Buffer) => {
    printed.out += chunk
  })
  child.stderr.on('data', (chunk: Buffer) => {
    printed.err += chunk
  })
  const timer = setTimeout(() => child.kill('SIGKILL'), 2 * waitLimitMs)
  const ended = new Promise<CliResult>((resolve) =>
    child.once('close', (code) => {
      clearTimeout(timer)
      resolve({ code, ...printed })
    }),
  )
  return {
    ended,
    out: () => printed.out,
    err: () => printed.err,
    stop: (signal = 'SIGINT') => void child.kill(signal),
  }
}

/** Runs a command to its end. */
export const runCli = (...options: Parameters<typeof startCli>): Promise<CliResult> =>
  startCli(...options).ended
