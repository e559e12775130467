// Knows where programs lie that npm does not bring: where a variable says, else where systems install them.
import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { connect } from 'node:net'
import { delimiter, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { killOnExit } from './temporary.js'

export interface ProgramRequirement {
  /** As people call it. */
  name: string
  /** Environment variable that names another path. */
  variable: string
  /** File names to look for along PATH, or whole paths. */
  files: string[]
  /** Debian's package. */
  debian: string
}

/** Gives its path, or throws one sentence that says what to do; never skips. */
export function findProgram({ name, variable, files, debian }: ProgramRequirement): string {
  const named = process.env[variable]
  if (named) {
    if (existsSync(named)) return named
    throw new Error(`${variable} is ${named}, but there is no such file: correct it or unset it.`)
  }
  // Servers lie in sbin, which the PATH of many users leaves out.
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
  /** What it printed so far. */
  log(): string
  /** Waits until it takes connections on a port of loopback. */
  waitForPort(port: number): Promise<void>
  /** SIGTERM, and the wait for its end. */
  stop(): Promise<void>
}

const acceptsWithinMs = 20_000

/** Starts a program that is not ours; it ends with this process at the latest. */
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
      for (const began = Date.now(); !(await answers(port)); await sleep(50)) {
        if (child.exitCode === null && Date.now() - began < acceptsWithinMs) continue
        throw new Error(`${path} does not listen on port ${port}. It printed:\n${log()}`)
      }
    },
    stop() {
      child.kill('SIGTERM')
      return ended
    },
  }
}

const answers = (port: number) =>
  new Promise<boolean>((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.once('error', () => resolve(false))
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
  })
