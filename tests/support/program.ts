// Knows how a server runs as a process of its own: started, listening, stopped, killed; what it printed is kept.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { killOnExit } from './temporary.js'

/** The contract: SIGTERM drains and exits 0 within 10 s; two more seconds are the test's patience. */
const stopWithinMs = 12_000
const listenWithinMs = 20_000

export interface Program {
  /** `http://HOST:PORT`, as the program printed it. */
  origin: string
  pid: number
  /** All it printed so far, stdout and stderr in the order of arrival. */
  log(): string
  /** SIGTERM, then SIGKILL after 12 s. Gives the exit code, null after a kill. */
  stop(): Promise<number | null>
  /** SIGKILL: the crash. */
  kill(): Promise<void>
  /** Resolves with the exit code, null after a signal, whoever ended it. */
  exited: Promise<number | null>
}

export interface ProgramOptions {
  /** Script and arguments, run by this very Node. */
  argv: string[]
  /** Laid over this process's environment, which gives none of its own TAGFERRY_ settings. */
  env?: Record<string, string | undefined>
  cwd?: string
}

/** Starts the program and waits for its line containing `listening on http://HOST:PORT`. */
export async function startProgram({ argv, env = {}, cwd }: ProgramOptions): Promise<Program> {
  const child = spawn(process.execPath, argv, {
    ...(cwd && { cwd }),
    env: { ...inherited(), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  killOnExit(child)
  const printed: Buffer[] = []
  const log = () => Buffer.concat(printed).toString('utf8')
  const exited = once(child, 'close').then(([code]) => code as number | null)

  const origin = await new Promise<string>((resolve, reject) => {
    const give = (why: string) => reject(new Error(`${argv.join(' ')} ${why}. It printed:\n${log()}`))
    const timer = setTimeout(() => {
      child.kill('SIGKILL')
      give(`did not print "listening on http://HOST:PORT" within ${listenWithinMs} ms`)
    }, listenWithinMs)
    const read = (chunk: Buffer) => {
      printed.push(chunk)
      // Only a finished line or a closing quote (a JSON log) ends the port: half a chunk may end amid it.
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
      give(`exited with ${code} before it listened`)
    }, reject)
  })

  const running = () => child.exitCode === null && child.signalCode === null
  return {
    origin,
    pid: child.pid as number,
    log,
    exited,
    async stop() {
      if (running()) child.kill('SIGTERM')
      const timer = setTimeout(() => child.kill('SIGKILL'), stopWithinMs)
      const code = await exited
      clearTimeout(timer)
      return code
    },
    async kill() {
      if (running()) child.kill('SIGKILL')
      await exited
    },
  }
}

/** Without the settings of whoever runs the tests, and without vitest's mark on NODE_ENV. */
function inherited(): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(([name]) => !/^(TAGFERRY_|VITEST|NODE_ENV$)/.test(name))
  return Object.fromEntries(own)
}
