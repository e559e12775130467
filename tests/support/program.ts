// Starts a Node server as a process of its own, keeps what it prints, and stops or kills it.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { killOnExit } from './temporary.js'
import { waitLimitMs } from './wait.js'

export interface Program {
  /** `http://HOST:PORT`, as the program printed it. */
  origin: string
  pid: number
  /** Everything printed so far, stdout and stderr in the order of arrival. */
  log(): string
  /** Sends SIGTERM, and SIGKILL if that does not end it. Gives the exit code, null after a kill. */
  stop(): Promise<number | null>
  /** Sends SIGKILL, as a crash would. */
  kill(): Promise<void>
  /** Resolves with the exit code, null after a signal, whoever ended the program. */
  exited: Promise<number | null>
}

export interface ProgramOptions {
  /** Script and arguments, run by the Node that runs the tests. */
  argv: string[]
  /** Laid over `inheritedEnv()`. */
  env?: Record<string, string | undefined>
  cwd?: string
}

/** Starts the program and waits for its line containing `listening on http://HOST:PORT`. */
export async function startProgram({ argv, env = {}, cwd }: ProgramOptions): Promise<Program> {
  const child = spawn(process.execPath, argv, {
    ...(cwd && { cwd }),
    env: { ...inheritedEnv(), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  killOnExit(child)
  const printed: Buffer[] = []
  const log = () => Buffer.concat(printed).toString('utf8')
  const exited = once(child, 'close').then(([code]) => code as number | null)

  const origin = await new Promise<string>((resolve, reject) => {
    const fail = (why: string) => reject(new Error(`${argv.join(' ')} ${why}. It printed:\n${log()}`))
    const timer = setTimeout(() => {
      child.kill('SIGKILL')
      fail(`did not print "listening on http://HOST:PORT" within ${waitLimitMs} ms`)
    }, waitLimitMs)
    const read = (chunk: Buffer) => {
      printed.push(chunk)
      // Only white space or a closing quote (a JSON log) ends the port, because a chunk may end in the middle of it.
      const found = /listening on (http:\/\/[^\s"]+)["\s]/.exec(log())?.[1]
      if (!found) return
      clearTimeout(timer)
      child.stdout.off('data', read).on('data', (next: Buffer) => printed.push(next))
      child.stderr.off('data', read).on('data', (next: Buffer) => printed.push(next))
      resolve(found)
    }
    child.stdout.on('data', read)
    child.stderr.on('data', read)
    child.once('error', reject)
    exited.then((code) => {
      clearTimeout(timer)
      fail(`exited with ${code} before it listened`)
    }, reject)
  })

  const isRunning = () => child.exitCode === null && child.signalCode === null
  return {
    origin,
    pid: child.pid as number,
    log,
    exited,
    async stop() {
      if (isRunning()) child.kill('SIGTERM')
      const timer = setTimeout(() => child.kill('SIGKILL'), waitLimitMs)
      const code = await exited
      clearTimeout(timer)
      return code
    },
    async kill() {
      if (isRunning()) child.kill('SIGKILL')
      await exited
    },
  }
}

/** The environment of the tests without TAGFERRY_ settings and without what vitest sets. */
export function inheritedEnv(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !/^(TAGFERRY_|VITEST|NODE_ENV$)/.test(name))
  return Object.fromEntries(kept)
}

/** The most memory that a process has had, in MB. */
export const peakMemoryMb = (pid: number): number =>
  Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1_024
