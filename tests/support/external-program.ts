// Finds and starts programs that npm does not bring, such as browsers, proxies and drivers.
import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { acceptsConnections } from './port.js'
import { killOnExit } from './temporary.js'
import { waitFor } from './wait.js'

export interface ProgramRequirement {
  /** Name of the program for people. */
  name: string
  /** Environment variable that names another path. */
  variable: string
  /** File names to search along PATH, or whole paths. */
  files: string[]
  /** Debian's package. */
  debian: string
}

/** Gives the path of the program, or throws one sentence that says what to do. Tests are never skipped. */
export function findProgram({ name, variable, files, debian }: ProgramRequirement): string {
  const named = process.env[variable]
  if (named) {
    if (existsSync(named)) return named
    throw new Error(`${variable} is ${named}, but there is no such file: correct it or unset it.`)
  }
  // Servers are in sbin, which the PATH of many users leaves out.
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin']
  const found = files
    .flatMap((file) => (file.startsWith('/') ? [file] : folders.map((folder) => join(folder, file))))
    .find((path) => existsSync(path))
  if (found) return found
  throw new Error(
    `These tests need ${name}: install it (on Debian: apt-get install ${debian}) or set ${variable} to its path.`,
  )
}

export interface ExternalProgram {
  child: ChildProcess
  /** Everything printed so far. */
  log(): string
  /** Waits until the program accepts connections on a port of 127.0.0.1. Throws if it ends before. */
  waitForPort(port: number): Promise<void>
  /** Sends SIGTERM and waits for the end. */
  stop(): Promise<void>
}

/** The program ends with the process of the tests at the latest. */
export function startExternal(
  path: string,
  args: string[],
  env: Record<string, string> = {},
): ExternalProgram {
  const child = spawn(path, args, { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] })
  killOnExit(child)
  const printed: Buffer[] = []
  child.stdout.on('data', (chunk: Buffer) => printed.push(chunk))
  child.stderr.on('data', (chunk: Buffer) => printed.push(chunk))
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()))
  child.once('error', (error) => printed.push(Buffer.from(String(error))))
  const log = () => Buffer.concat(printed).toString('utf8')
  return {
    child,
    log,
    async waitForPort(port) {
      const hasEnded = () => child.exitCode !== null || child.signalCode !== null
      const accepts = await waitFor('a connection or the end', async () =>
        (await acceptsConnections(port)) ? 'yes' : hasEnded() && 'no',
      ).catch(() => 'no')
      if (accepts === 'no') throw new Error(`${path} does not listen on port ${port}. It printed:\n${log()}`)
    },
    stop() {
      child.kill('SIGTERM')
      return ended
    },
  }
}
