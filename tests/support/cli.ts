// Knows how a command of the built collector is run to its end, as its owner would from a shell.
import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { killOnExit, temporaryDir } from './temporary.js'

const main = fileURLToPath(new URL('../../collector/dist/main.js', import.meta.url))
const deadlineMs = 60_000

export interface CliResult {
  /** Null when it had to be killed. */
  code: number | null
  out: string
  err: string
}

export interface RunningCli {
  ended: Promise<CliResult>
  /** What it has printed so far. */
  out(): string
  stop(signal?: NodeJS.Signals): void
}

/** `env` holds its TAGFERRY_ settings; those of whoever runs the tests are left out. */
export function startCli(args: readonly string[], env: Record<string, string | undefined> = {}): RunningCli {
  const inherited = Object.entries(process.env).filter(
    ([name]) => !/^(TAGFERRY_|VITEST|NODE_ENV$)/.test(name),
  )
  const child = spawn(process.execPath, [main, ...args], {
    cwd: env.TAGFERRY_DATA_DIR ?? temporaryDir(),
    env: { ...Object.fromEntries(inherited), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  killOnExit(child)
  const said = { out: '', err: '' }
  child.stdout.on('data', (chunk: Buffer) => {
    said.out += chunk
  })
  child.stderr.on('data', (chunk: Buffer) => {
    said.err += chunk
  })
  const timer = setTimeout(() => child.kill('SIGKILL'), deadlineMs)
  const ended = new Promise<CliResult>((resolve) =>
    child.once('close', (code) => {
      clearTimeout(timer)
      resolve({ code, ...said })
    }),
  )
  return { ended, out: () => said.out, stop: (signal = 'SIGINT') => void child.kill(signal) }
}

export const runCli = (
  args: readonly string[],
  env?: Record<string, string | undefined>,
): Promise<CliResult> => startCli(args, env).ended
